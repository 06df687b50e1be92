//! The profile: people, areas, certification, intervals. A rule that needs an
//! item that is not set is *not applicable*, and the report says so.

use crate::clause::Edition;
use crate::expr::Duration;
use chrono::NaiveDate;
use serde::Deserialize;
use std::collections::BTreeMap;

/// What the organisation says of itself.
#[derive(Clone, Debug, Default)]
pub struct Profile {
    /// Its name.
    pub organisation: Option<String>,
    /// The zone that decides on which day a commit was made; UTC when unset.
    pub time_zone: Option<chrono_tz::Tz>,
    /// Editions of the standard, each with the last day it was in force here.
    pub editions: Vec<EditionInForce>,
    /// When the ISMS began to operate.
    pub started: Option<NaiveDate>,
    /// Where the certification stands.
    pub certification: Option<Certification>,
    /// The people that records and commits name.
    pub people: Vec<Person>,
    /// Areas of the organisation and their owners.
    pub areas: Vec<Area>,
    /// How risks are scored and which are accepted.
    pub risk: Option<RiskSettings>,
    /// The organisation's own intervals, by what is done: `policy`, `review`,
    /// `audit`, `risk`, `supplier`.
    pub intervals: BTreeMap<String, Duration>,
    /// Within which time a completed action is to be verified.
    pub verify_within: Option<Duration>,
}

/// Which edition was in force until when.
#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct EditionInForce {
    /// 2013 or 2022.
    pub edition: u16,
    /// The last day; none for the one in force.
    pub until: Option<NaiveDate>,
    /// Whether Amendment 1 of 2024 is taken in.
    pub amendment_1: Option<bool>,
}

/// Where the certification stands.
#[derive(Clone, Debug, Default, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Certification {
    /// The stage reached.
    #[serde(default)]
    pub stage: CertificationStage,
    /// The day of the certificate.
    pub certified_on: Option<NaiveDate>,
    /// The next audit by the certification body.
    pub next_audit: Option<NaiveDate>,
}

/// Stages of a certification.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum CertificationStage {
    /// Not begun.
    #[default]
    None,
    /// Documents audited.
    Stage1,
    /// Implementation audited.
    Stage2,
    /// Certificate granted.
    Certified,
}

/// A person.
#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Person {
    /// As records name the person.
    pub id: String,
    /// The full name.
    pub name: Option<String>,
    /// Roles that records may name instead.
    #[serde(default)]
    pub roles: Vec<String>,
    /// Addresses that the person commits with.
    #[serde(default)]
    pub emails: Vec<String>,
    /// Whether the person belongs to top management.
    #[serde(default)]
    pub top_management: bool,
    /// The last day with the organisation.
    pub until: Option<NaiveDate>,
}

/// An area and who owns it.
#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Area {
    /// As audits name it.
    pub id: String,
    /// The owner.
    pub owner: Option<String>,
}

/// How risks are scored.
#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct RiskSettings {
    /// The highest likelihood and impact.
    pub scale: Option<f64>,
    /// The highest level that is accepted without treatment.
    pub acceptance: Option<f64>,
    /// How likelihood and impact make a level.
    pub formula: Option<RiskFormula>,
}

/// How likelihood and impact make a level.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum RiskFormula {
    /// Likelihood times impact.
    Product,
    /// Likelihood plus impact.
    Sum,
    /// Looked up.
    Matrix,
}

impl Profile {
    /// The person whom a record names by id, name or role.
    pub fn person(&self, named: &str) -> Option<&Person> {
        self.people.iter().find(|person| {
            person.id == named
                || person.name.as_deref() == Some(named)
                || person.roles.iter().any(|role| role == named)
        })
    }

    /// The person who commits with this address.
    pub fn person_by_email(&self, address: &str) -> Option<&Person> {
        self.people
            .iter()
            .find(|person| person.emails.iter().any(|known| known.eq_ignore_ascii_case(address)))
    }

    /// The entry for the edition in force on a day.
    fn in_force_on(&self, day: NaiveDate) -> Option<&EditionInForce> {
        let still = self.editions.iter().filter(|entry| entry.until.is_none_or(|until| day <= until));
        still.min_by_key(|entry| entry.until.unwrap_or(NaiveDate::MAX))
    }

    /// The edition in force on a day; that of 2022 where nothing is set.
    pub fn edition_on(&self, day: NaiveDate) -> Edition {
        match self.in_force_on(day) {
            Some(entry) if entry.edition == 2013 => Edition::Of2013,
            _ => Edition::Of2022,
        }
    }

    /// Whether Amendment 1 of 2024 counts on a day: it does for the edition of
    /// 2022, unless the entry says otherwise.
    pub fn amendment_1_on(&self, day: NaiveDate) -> bool {
        let entry = self.in_force_on(day);
        self.edition_on(day) == Edition::Of2022 && entry.and_then(|entry| entry.amendment_1).unwrap_or(true)
    }
}
