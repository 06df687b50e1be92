//! The functions of the language, in one table: what the checker accepts, what
//! a reader is told and what the tests run all come from here.

use std::sync::LazyLock;

/// A function of the language.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
#[expect(missing_docs, reason = "each is documented in the table, for readers and tests")]
pub enum Function {
    Size,
    StartsWith,
    EndsWith,
    Contains,
    Matches,
    Lower,
    Upper,
    Trim,
    Blank,
    Words,
    Says,
    Restates,
    Undated,
    Text,
    Join,
    Listed,
    Date,
    Days,
    Weeks,
    Months,
    Years,
    DaysBetween,
    Year,
    Default,
    Missing,
    First,
    Last,
    Distinct,
    Sorted,
    Sum,
    Min,
    Max,
    Abs,
    Round,
}

/// How a function or macro is explained.
#[derive(Clone, Copy, Debug)]
pub struct FunctionDoc {
    /// The name.
    pub name: &'static str,
    /// Names and types of what it takes, and the type of what it gives.
    pub signature: &'static str,
    /// One sentence.
    pub doc: &'static str,
    /// Expressions and what they print.
    pub examples: &'static [(&'static str, &'static str)],
}

/// What a parameter accepts.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Want {
    Text,
    Number,
    Date,
    /// One printable value.
    Scalar,
    TextOrList,
    List,
    Texts,
    Numbers,
    /// A list of printable values.
    Scalars,
    /// A list of numbers, texts or dates.
    Sortable,
    /// A list of numbers or dates.
    Measurable,
    /// Checked by the function's own code.
    Special,
}

/// What a function yields.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Gives {
    Bool,
    Number,
    Text,
    Date,
    Duration,
    Texts,
    /// The list that it was given.
    Same,
    /// An item of the list that it was given; absent when the list is empty.
    Item,
    Special,
}

/// One row of the table.
pub(super) struct Row {
    pub function: Function,
    pub wants: &'static [Want],
    pub gives: Gives,
    pub doc: FunctionDoc,
}

/// Every function with its documentation, in the order of the reference.
pub fn functions() -> impl ExactSizeIterator<Item = (Function, &'static FunctionDoc)> {
    TABLE.iter().map(|row| (row.function, &row.doc))
}

/// The row of a function.
pub(super) fn row(name: &str) -> Option<&'static Row> {
    BY_NAME.binary_search_by_key(&name, |row| row.doc.name).ok().map(|at| BY_NAME[at])
}

static BY_NAME: LazyLock<Vec<&'static Row>> = LazyLock::new(|| {
    let mut rows: Vec<_> = TABLE.iter().collect();
    rows.sort_by_key(|row| row.doc.name);
    rows
});

macro_rules! table {
    ($($function:ident ($($want:ident),*) -> $gives:ident, $name:literal, $signature:literal, $doc:literal, [$(($example:literal, $printed:literal)),+];)*) => {
        const TABLE: &[Row] = &[$(Row {
            function: Function::$function,
            wants: &[$(Want::$want),*],
            gives: Gives::$gives,
            doc: FunctionDoc { name: $name, signature: $signature, doc: $doc, examples: &[$(($example, $printed)),+] },
        }),*];
    };
}

table! {
    Size(TextOrList) -> Number, "size", "size(text or list) -> number",
        "The number of characters of a text, or of items of a list.", [("size(\"größe\")", "5"), ("size([1, 2])", "2")];
    StartsWith(Text, Text) -> Bool, "startsWith", "text.startsWith(text) -> bool",
        "Whether the text begins with the other.", [("\"A.5.1\".startsWith(\"A.\")", "yes")];
    EndsWith(Text, Text) -> Bool, "endsWith", "text.endsWith(text) -> bool",
        "Whether the text ends with the other.", [("\"A.5.1\".endsWith(\".1\")", "yes")];
    Contains(Text, Text) -> Bool, "contains", "text.contains(text) -> bool",
        "Whether the other text stands in the text.", [("\"human error\".contains(\"error\")", "yes")];
    Matches(Text, Special) -> Bool, "matches", "text.matches(\"pattern\") -> bool",
        "Whether a regular expression, written as a literal, is found in the text.",
        [("\"2026-Q1\".matches(\"^[0-9]{4}-Q[1-4]$\")", "yes"), ("\"Q5\".matches(\"Q[1-4]\")", "no")];
    Lower(Text) -> Text, "lower", "lower(text) -> text",
        "The text in lower case.", [("lower(\"ÄB\")", "äb")];
    Upper(Text) -> Text, "upper", "upper(text) -> text",
        "The text in upper case.", [("upper(\"äb\")", "ÄB")];
    Trim(Text) -> Text, "trim", "trim(text) -> text",
        "The text without blanks at its ends.", [("trim(\"  a b \")", "a b")];
    Blank(Text) -> Bool, "blank", "blank(text) -> bool",
        "Whether the text is empty or has nothing but blanks.", [("blank(\" \")", "yes"), ("blank(\"a\")", "no")];
    Words(Text) -> Texts, "words", "words(text) -> list of text",
        "The parts of the text between blanks.", [("words(\" staff  forgot \")", "staff and forgot"), ("size(words(\"\"))", "0")];
    Says(Text, Texts) -> Texts, "says", "says(text, list of phrases) -> list of text",
        "What the text says of the phrases, as it stands there: whole words in any case; `*` at an end of a word leaves it open, `a|b` is either word, `…` stands for up to four words of the sentence and `.` for where a sentence begins or ends.",
        [("says(\"Raise the team's awareness.\", [\"rais* … awareness\"])", "Raise the team's awareness"),
            ("says(\"Oversight of suppliers\", [\". oversight|slip .\"])", "")];
    Restates(Text, Text, Texts) -> Bool, "restates", "restates(text, text, list of text) -> bool",
        "Whether the text has no telling word (of four letters or more, and not in the list) that the other text does not have, in whatever form.",
        [("restates(\"There was no test\", \"The backup was not tested\", [\"there\"])", "yes"),
            ("restates(\"No test licence\", \"The backup was not tested\", [])", "no")];
    Undated(Text) -> Text, "undated", "undated(text) -> text",
        "The text with a blank for every date, quarter and year in it, in figures or with the name of the month.",
        [("undated(\"2 tests by 31 December 2026\")", "2 tests by  ")];
    Text(Scalar) -> Text, "text", "text(value) -> text",
        "A single value as a message prints it.", [("text(2.50) + \" \" + text(true)", "2.5 yes")];
    Join(Texts, Text) -> Text, "join", "join(list of text, separator) -> text",
        "The texts with the separator between them.", [("join([\"a\", \"b\"], \"/\")", "a/b")];
    Listed(Scalars) -> Text, "listed", "listed(list) -> text",
        "The values as a sentence lists them.", [("listed([\"a\", \"b\", \"c\"])", "a, b and c")];
    Date(Special) -> Date, "date", "date(\"YYYY-MM-DD\") -> date",
        "A day, written as a literal.", [("date(\"2026-01-31\")", "2026-01-31")];
    Days(Number) -> Duration, "days", "days(number) -> duration",
        "A span of whole days.", [("date(\"2026-02-27\") + days(2)", "2026-03-01")];
    Weeks(Number) -> Duration, "weeks", "weeks(number) -> duration",
        "A span of whole weeks.", [("date(\"2026-01-01\") + weeks(2)", "2026-01-15")];
    Months(Number) -> Duration, "months", "months(number) -> duration",
        "A span of whole months; a day that the month does not have becomes its last.",
        [("date(\"2026-01-31\") + months(1)", "2026-02-28"), ("months(6)", "6 months")];
    Years(Number) -> Duration, "years", "years(number) -> duration",
        "A span of whole years; 29 February becomes 28 February where there is none.",
        [("date(\"2024-02-29\") + years(1)", "2025-02-28"), ("years(1)", "1 year")];
    DaysBetween(Date, Date) -> Number, "days_between", "days_between(date, date) -> number",
        "The days from the first date to the second; negative when the second is earlier.",
        [("days_between(date(\"2026-01-01\"), date(\"2026-01-31\"))", "30")];
    Year(Date) -> Number, "year", "year(date) -> number",
        "The calendar year of a date.", [("year(date(\"2026-01-31\"))", "2026")];
    Default(Special, Special) -> Special, "default", "default(value, fallback) -> value",
        "The value where it is written, otherwise the fallback.", [("default(record.rationale, \"none\")", "none")];
    Missing(Special, Special) -> Texts, "missing", "missing(structure, [\"field\", \"part.field\"]) -> list of text",
        "Those of the fields, written as literals, that are absent, in the order given.",
        [("missing(record, [\"title\", \"rationale\", \"target.value\"])", "rationale and target.value")];
    First(List) -> Item, "first", "first(list) -> item",
        "The first item; absent when the list is empty.", [("default(first([3, 1]), 0)", "3")];
    Last(List) -> Item, "last", "last(list) -> item",
        "The last item; absent when the list is empty.", [("default(last([3, 1]), 0)", "1")];
    Distinct(Scalars) -> Same, "distinct", "distinct(list) -> list",
        "The values without repetitions, in the order of their first appearance.", [("distinct([\"b\", \"a\", \"b\"])", "b and a")];
    Sorted(Sortable) -> Same, "sorted", "sorted(list of number, text or date) -> list",
        "The values in ascending order.", [("sorted([3, 1, 2])", "1, 2 and 3")];
    Sum(Numbers) -> Number, "sum", "sum(list of number) -> number",
        "The sum of the numbers; 0 when there is none.", [("sum([1.5, 2])", "3.5"), ("sum([])", "0")];
    Min(Measurable) -> Item, "min", "min(list of number or date) -> item",
        "The smallest number or earliest date; absent when the list is empty.", [("min([3, 1, 2])", "1")];
    Max(Measurable) -> Item, "max", "max(list of number or date) -> item",
        "The greatest number or latest date; absent when the list is empty.",
        [("max([date(\"2026-01-31\"), date(\"2025-01-31\")])", "2026-01-31")];
    Abs(Number) -> Number, "abs", "abs(number) -> number",
        "The number without its sign.", [("abs(-2.5)", "2.5")];
    Round(Number, Number) -> Number, "round", "round(number, digits) -> number",
        "The number rounded to 0 to 12 decimal digits, halves away from zero.",
        [("round(2.675, 2)", "2.68"), ("round(-0.5, 0)", "-1")];
}

/// The macros: they bind a name or look at a field instead of its value.
pub const MACROS: &[FunctionDoc] = &[
    FunctionDoc {
        name: "has",
        signature: "has(record.field) -> bool",
        doc: "Whether the field, and all that it is a part of, is written.",
        examples: &[("has(record.title)", "yes"), ("has(record.target.value)", "no")],
    },
    FunctionDoc {
        name: "all",
        signature: "list.all(item, condition) -> bool",
        doc: "Whether every item meets the condition; true for an empty list.",
        examples: &[("[1, 2].all(n, n > 0)", "yes")],
    },
    FunctionDoc {
        name: "exists",
        signature: "list.exists(item, condition) -> bool",
        doc: "Whether some item meets the condition.",
        examples: &[("[1, 2].exists(n, n > 1)", "yes")],
    },
    FunctionDoc {
        name: "exists_one",
        signature: "list.exists_one(item, condition) -> bool",
        doc: "Whether exactly one item meets the condition.",
        examples: &[("[1, 2].exists_one(n, n > 0)", "no")],
    },
    FunctionDoc {
        name: "filter",
        signature: "list.filter(item, condition) -> list",
        doc: "The items that meet the condition.",
        examples: &[("[1, 2, 3].filter(n, n > 1)", "2 and 3")],
    },
    FunctionDoc {
        name: "map",
        signature: "list.map(item, value) or list.map(item, condition, value) -> list",
        doc: "A value for each item, or for each item that meets the condition.",
        examples: &[("[1, 2].map(n, n * 2)", "2 and 4"), ("[1, 2].map(n, n > 1, n * 2)", "4")],
    },
];
