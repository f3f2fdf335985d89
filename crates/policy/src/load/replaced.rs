//! Words that drafts of the language had and the language does not: each names what says the same now.
//! Why: `docs/decisions/0012-what-a-person-signs.md`.

/// What to write instead of a table, or of a key of a table; an empty key asks for the table itself.
pub(super) fn hint(table: &str, key: &str) -> Option<(String, String)> {
    let (zh, en) = match (table, key) {
        ("propose", "") => (
            "由程序拟定、由人签发的内容是登记表的字段：allocate = { … } 分配，draw = { … } 抽签",
            "what the program works out and a person signs is a field of a register: allocate = { … } or draw = { … }",
        ),
        ("set", "sample") => (
            "抽样是一条具名登记：字段写 draw = { of, size, seed }，再由该登记表以 each 纳入抽中的对象",
            "a sample is an entry that somebody signs: give its field draw = { of, size, seed }, and enrol on that register with each",
        ),
        _ => return None,
    };
    Some((zh.to_owned(), en.to_owned()))
}
