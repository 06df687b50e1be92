//! Exit codes: a promise, the same in every output format.

/// How a run ended.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Exit {
    /// 0: everything was looked at, and nothing blocks.
    Clean,
    /// 1: findings at or above `--fail-on`.
    Findings,
    /// 2: wrong usage, settings or rules.
    Usage,
    /// 3: nothing blocks, but a rule that could block was not determined, or
    /// nothing was recognised at all.
    Incomplete,
    /// 4: the report could not be written or published.
    Output,
    /// 70: a fault of this program.
    Internal,
    /// 130: interrupted.
    Interrupted,
}

impl Exit {
    /// The number.
    pub const fn code(self) -> u8 {
        match self {
            Self::Clean => 0,
            Self::Findings => 1,
            Self::Usage => 2,
            Self::Incomplete => 3,
            Self::Output => 4,
            Self::Internal => 70,
            Self::Interrupted => 130,
        }
    }

    /// Of several outcomes the one that is told: 70, 130, 2, 4, 1, 3, 0.
    #[must_use]
    pub fn or(self, other: Self) -> Self {
        if self.rank() <= other.rank() { self } else { other }
    }

    const fn rank(self) -> u8 {
        match self {
            Self::Internal => 0,
            Self::Interrupted => 1,
            Self::Usage => 2,
            Self::Output => 3,
            Self::Findings => 4,
            Self::Incomplete => 5,
            Self::Clean => 6,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::Exit;

    #[test]
    fn the_graver_outcome_is_told() {
        let graver_first = [
            Exit::Internal,
            Exit::Interrupted,
            Exit::Usage,
            Exit::Output,
            Exit::Findings,
            Exit::Incomplete,
            Exit::Clean,
        ];
        for (at, graver) in graver_first.iter().enumerate() {
            for lighter in &graver_first[at..] {
                assert_eq!(graver.or(*lighter), *graver);
                assert_eq!(lighter.or(*graver), *graver);
            }
        }
        assert_eq!(graver_first.map(Exit::code), [70, 130, 2, 4, 1, 3, 0]);
    }
}
