//! What the loader says of packs that hold a mistake: place, words, hint.

#![expect(clippy::unwrap_used, clippy::panic, reason = "helpers of tests fail the test")]

mod told;

use lianfang_policy::load;
use told::{T, T_INLINE, TASK, base, check, findings, protocol, source};

/// A guard on a register with some fields, whose condition is `condition`.
fn guard(condition: &str) -> String {
    format!(
        "[register.thing]\ntitle = {{ zh = \"物\", en = \"Thing\" }}\npurpose = {{ zh = \"试\", en = \"Test\" }}\nsubject = [\"person\"]\nnature = \"act\"\nretention = \"1d\"\nsensitivity = \"personal\"\n\
         field = [{{ id = \"celsius\", kind = \"decimal\", scale = 1, required = true, title = {{ zh = \"a\", en = \"a\" }} }}, {{ id = \"n\", kind = \"int\", title = {{ zh = \"a\", en = \"a\" }} }}, {{ id = \"on\", kind = \"date\", required = true, title = {{ zh = \"a\", en = \"a\" }} }}, {{ id = \"measure\", kind = \"code\", list = \"measure\", required = true, title = {{ zh = \"a\", en = \"a\" }} }}, {{ id = \"who\", kind = \"name\", title = {{ zh = \"a\", en = \"a\" }} }}, {{ id = \"said\", kind = \"note\", title = {{ zh = \"a\", en = \"a\" }} }}, {{ id = \"many\", kind = \"person\", many = 500, title = {{ zh = \"a\", en = \"a\" }} }}]\n\
         [guard.g]\ntitle = {{ zh = \"守\", en = \"G\" }}\nlook = {{ last = {{ fold = \"last\", of = \"arrival\" }}, low = {{ fold = \"min\", of = \"temperature\", field = \"celsius\" }} }}\non = [\"thing\"]\nrefuse = {{ zh = \"否\", en = \"No\" }}\nrequire = \"{condition}\"\n"
    )
}

#[test]
fn conditions_that_hold_no_mistake_load() {
    for good in [
        "entry.celsius >= 37.3",
        "entry.celsius >= 37",
        "entry.celsius + 0.5 < setting('fever_c')",
        "has(entry.n) && entry.n > 3",
        "!has(entry.n) || entry.n > 3",
        "has(entry.n) ? entry.n > 3 : true",
        "(has(entry.n) && entry.n > 3) || entry.celsius > 40.0",
        "!(!has(entry.n)) && entry.n == 1",
        "has(last.at) && last.arrived_at <= entry.at && last.stays.exists(s, s.from < entry.on)",
        "last.stays.all(s, within(s.region, '37'))",
        "last.stays.filter(s, s.from < entry.on).exists_one(s, s.until > entry.on)",
        "size(last.stays.map(s, s.region)) == last.stays.size()",
        "entry.measure in ['home14', 'm217'] && rank(entry.measure) > 1",
        "entry.at - now <= hours(2) && entry.at + hours(24) > now",
        "day_diff(entry.on, now) >= 3 && date(now) > entry.on && date_add(entry.on, 7) > date(now)",
        "at_time(entry.on, '08:00') < now",
        "entry.on < '2022-06-28'",
        "has(low.value) && low.value < 36.0",
        "subject.kind == 'person' && within(subject.region, '371702') && entry.subject == subject",
        "level('risk_area', subject, now) in ['', 'low'] && risk(subject.region, now) != 'high'",
        "size(in_force('risk_area', subject)) == 0",
        "max(1, size(last.stays)) <= 5 && between(size(last.stays), 0, 5)",
        "age_band(entry.on, now) < 80",
        "entry.assurance == 'seen' && entry.act != 'correct'",
        "has(author.org) && author.org == entry.org",
        "size(orgs(subject.region, 'school')) > 0",
        "parent(subject.region, 'county') == '371702'",
        "at_level(subject.region, 'township')",
        "calendar('school', entry.on)",
    ] {
        let found = findings(&guard(good));
        assert_eq!(found, [], "{good}");
    }
}

#[test]
fn a_mistake_in_a_condition_is_told_at_its_place() {
    let cases: &[(&str, &str, &str)] = &[
        ("entry.celsius >= ¦37.35", "has 2 decimals", "scale"),
        ("entry¦.n > 3", "entry.n may be missing", "has(entry.n)"),
        ("has(entry.n) || entry¦.n > 3", "entry.n may be missing", "has(entry.n)"),
        ("last¦.arrived_at < now", "may be missing", "has(last.arrived_at)"),
        (
            "entry.measure == ¦'home15'",
            "no code 'home15'",
            "did you mean 'home14'?",
        ),
        ("entry.measure ¦< 'm217'", "has no order", "rank("),
        ("entry.on < ¦now", "not compared", "date("),
        ("entry.on ¦+ 7 > entry.on", "not added", "date_add"),
        ("entry¦.who == 'x'", "sealed", "decide nothing"),
        ("has(entry¦.who)", "sealed", "decide nothing"),
        ("entry¦.said == 'x'", "shown only", "decide nothing"),
        ("size(entry¦.many) > 1", "more than 200", "many = 200"),
        ("entry¦.celsuis > 37.0", "no field celsuis", "did you mean celsius?"),
        ("¦entri.celsius > 37.0", "no variable entri", "did you mean entry?"),
        ("entry¦.celsius", "a yes or no is wanted", "kind"),
        ("done¦('x')", "cannot be asked in a guard", "release"),
        (
            "setting(¦'fever_cc') > 1",
            "no setting fever_cc",
            "did you mean fever_c?",
        ),
        ("hour¦(2) > hours(1)", "no function hour()", "did you mean hours()?"),
        ("hours¦(1, 2) > hours(1)", "takes 1 argument", "it has 2"),
        (
            "level(¦'arrival', subject) == 'high'",
            "not part of the snapshot",
            "reference = true",
        ),
        (
            "last.stays.exists(s, last.stays.exists¦(t, t.from == s.from))",
            "inside another",
            "filter()",
        ),
        ("size(last.stays¦[0]) > 0", "not taken by number", "exists()"),
        ("entry.measure == ¦null", "no null", "has("),
        ("entry.celsius ¦* 2 > 70", "not multiplied", "compared and added"),
        ("entry.at > now +¦", "syntax", "brackets"),
        ("has(¦entry)", "syntax", "has(entry.plan)"),
        (
            "last.stays.exists(s, s¦.frm < entry.on)",
            "no field frm",
            "did you mean from?",
        ),
        ("entry.on == ¦'2022-02-30'", "no valid time", "2022-06-28"),
        ("parent(subject.region, ¦'town') == '3717'", "no level", "township"),
        ("at_level(subject.region, ¦'town')", "no level", "township"),
        (
            "size(children¦(subject, 'area')) > 0",
            "not in this version",
            "in_force",
        ),
        ("low¦.least < 36.0", "has no field", ".value"),
        ("low¦.value < 36.0", "may be missing", "has(low.value)"),
        ("subject¦.unit == entry.org", "may be missing", "has(subject.unit)"),
    ];
    for (condition, what, hint) in cases {
        check(&[(&guard(condition), what, hint)]);
    }
}

#[test]
fn a_field_with_a_mistake_is_told_once() {
    let wrong = guard("entry.celsius >= 37.3 && entry.on < '2022-06-28'")
        .replace("kind = \"decimal\", scale", "kind = \"decmal\", scale");
    let found = findings(&wrong);
    assert_eq!(found.len(), 1, "{found:#?}");
    assert!(
        found[0].what.en.contains("no field kind decmal") && found[0].hint.en.contains("decimal"),
        "{found:#?}"
    );
}

#[test]
fn a_long_list_of_what_there_is_says_that_it_goes_on() {
    let found = findings(&guard("setting('qqqqqqqq') > 1"));
    assert!(
        found[0].hint.en.starts_with("there are: ") && !found[0].hint.en.contains('…'),
        "{found:#?}"
    );
    let found = findings(&guard("true").replace("kind = \"note\"", "kind = \"qqqqqqqq\""));
    assert!(found[0].hint.en.ends_with("… 30 in all"), "{found:#?}");
}

#[test]
fn limits_hold_before_anything_is_parsed() {
    let long = format!("entry.celsius > 1.0{}", " && true".repeat(300));
    let wide = format!("entry.celsius > 1.0{}", " && true".repeat(120));
    let deep = format!("{}true{}", "(".repeat(17), ")".repeat(17));
    for (condition, what) in [(long, "bytes"), (wide, "nodes"), (deep, "nested")] {
        let found = findings(&guard(&condition));
        assert!(found.iter().any(|f| f.what.en.contains(what)), "{what}: {found:?}");
    }
}

#[test]
fn tables_are_checked_with_their_place() {
    let cases: Vec<(String, &str, &str)> = vec![
        ("[¦guards.x]\n".to_owned(), "no table [guards]", "did you mean guard?"),
        (format!("[list.¦Thing]\n{T}value = []\n"), "is no id", "lower-case"),
        (
            format!("[list.l]\n{T}value = [¦{{ id = \"a\", zh = \"甲\" }}]\n"),
            "lacks en",
            "add en",
        ),
        (
            format!("[list.l]\n{T}valeu = []\n").replace("valeu", "value = []\n¦valeu"),
            "no key valeu",
            "did you mean value?",
        ),
        (
            format!("[setting.x]\n{T}kind = \"int\"\ndefault = ¦9\nrange = [1, 5]\nsource = \"s\"\n"),
            "outside of its range",
            "range",
        ),
        (
            format!("¦[setting.x]\n{T}kind = \"int\"\ndefault = 3\n"),
            "needs its source",
            "none in the source",
        ),
        (
            format!("[setting.x]\n{T}kind = \"duration\"\ndefault = ¦\"7d\"\nsource = \"s\"\n"),
            "not a duration",
            "days",
        ),
        (
            format!("[indicator.i]\n{T}kind = \"module\"\nof = ¦\"arrival\"\n"),
            "no indicator arrival",
            "there are: i",
        ),
        (
            format!("[indicator.i]\n{T}kind = \"count\"\nof = \"arrival\"\n¦public = true\n"),
            "suppress_below",
            "",
        ),
        (
            format!("[indicator.i]\n{T}kind = \"count\"\nof = \"arrival\"\nwall = ¦\"roof\"\n"),
            "wall has no value roof",
            "beds",
        ),
        (
            format!("[role.r]\n{T}police = true\nread = {{ temperature = ¦\"identified\" }}\n"),
            "police",
            "figures",
        ),
    ];
    for (text, what, hint) in &cases {
        check(&[(text.as_str(), what, hint)]);
    }
}

#[test]
fn how_far_an_interval_reaches_is_checked_with_its_place() {
    let register = |more: &str| {
        format!(
            "[register.closure]\n{T}purpose = {{ zh = \"甲\", en = \"A\" }}\nsubject = [\"region\"]\nretention = \"1d\"\n\
             sensitivity = \"plain\"\nfield = [{{ id = \"types\", kind = \"type\", many = 9, {T_INLINE} }}]\n{more}\n"
        )
    };
    let held = "shape = \"interval\"\nreference = true\n";
    let cases = [
        (
            register("shape = \"interval\"\nscope = ¦{ types = \"types\" }"),
            "interval register of the snapshot",
            "reference = true",
        ),
        (
            register(&format!("{held}scope = {{ ¦types = \"kinds\" }}")),
            "no field kinds",
            "types",
        ),
        (
            register(&format!("{held}scope = {{ ¦targets = \"types\" }}")),
            "does not serve as targets",
            "targets a subject",
        ),
        (
            register(&format!(
                "{held}scope = {{ types = \"types\", ¦combine = \"strictest\" }}"
            )),
            "ranked list",
            "rank",
        ),
    ];
    for (text, what, hint) in &cases {
        check(&[(text.as_str(), what, hint)]);
    }
}

#[test]
fn holds_are_checked_with_their_place() {
    let register = |hold: &str| {
        format!(
            "[register.duty]\n{T}purpose = {{ zh = \"甲\", en = \"A\" }}\nsubject = [\"organisation\"]\nretention = \"1d\"\n\
             sensitivity = \"plain\"\nshape = \"interval\"\nfield = [{{ id = \"post\", kind = \"code\", list = \"measure\", required = true, {T_INLINE} }}, \
             {{ id = \"who\", kind = \"org\", {T_INLINE} }}]\nhold = {hold}\n"
        )
    };
    let cases = [
        (
            register("{ ¦per = [\"post\"], max = \"1\" }"),
            "must hold the subject",
            "add",
        ),
        (
            register("{ per = [\"subject\", ¦\"who\"], max = \"1\" }"),
            "must be required",
            "required = true",
        ),
        (
            register("{ per = [\"subject\", ¦\"pots\"], max = \"1\" }"),
            "no field pots",
            "did you mean post?",
        ),
        (
            register("{ per = [\"subject\"], ¦exactly = \"1\", max = \"2\" }"),
            "exactly, or min",
            "such as",
        ),
        (
            register("{ per = [\"subject\"], min = \"1\", ¦overlap = \"end_previous\" }"),
            "none too many",
            "max",
        ),
        (
            register("{ per = [\"subject\"], min = \"1\", ¦kinds = { policeman = 1 } }")
                .replace("¦kinds = ", "kinds = ¦"),
            "no code field",
            "list",
        ),
        (
            register("{ per = [\"subject\"], min = \"1\", ¦roster = \"arrival\" }"),
            "publishes nothing",
            "",
        ),
        (register("{ per = [\"subject\"], min = \"¦entry.n\" }"), "", ""),
        (
            register("{ per = [\"subject\"], min = \"1\", required = { ¦of = \"person\" } }"),
            "not about person",
            "",
        ),
    ];
    for (text, what, hint) in &cases {
        check(&[(text.as_str(), what, hint)]);
    }
}

#[test]
fn protocols_are_checked_with_their_place() {
    let arrival = "enrol = { on = [\"arrival\"] }";
    let with_release = |more: &str| {
        protocol(&format!(
            "{arrival}\ntask = [{{ id = \"t\", {TASK}, days = \"5..9\" }}]\nrelease = [{{ outcome = \"o\", {more} }}]"
        ))
    };
    let cases: Vec<(String, &str, &str)> = vec![
        (
            protocol("enrol = { on = [¦\"arrivals\"] }"),
            "no register arrivals",
            "did you mean arrival?",
        ),
        (
            protocol(
                "restricts = true\nenrol = { ¦on = [\"arrival\"] }\nrelease = [{ outcome = \"o\", when = \"days > 3\" }]",
            ),
            "cites no order",
            "cites = \"order\"",
        ),
        (
            protocol("enrol = { on = [\"arrival\"], ¦level = \"county\" }"),
            "level goes with enrol.indicator only",
            "leave it out",
        ),
        (
            protocol("enrol = { ¦indicator = \"x\", when = \"value > 0\" }"),
            "no register crossing",
            "load the pack core",
        ),
        (
            protocol("enrol = ¦{ on = [\"arrival\"], indicator = \"x\", when = \"value > 0\" }"),
            "exactly one source",
            "indicator = figure",
        ),
        (
            protocol("meets = [¦\"S248\"]\nenrol = { on = [\"arrival\"] }"),
            "no row S248",
            "S247",
        ),
        (
            with_release("when = \"days >= 3 && done(¦'u')\""),
            "no task u",
            "there are: t",
        ),
        (
            with_release("when = ¦\"days >= 9 && days <= 7\""),
            "at least 9 and at most 7",
            "released",
        ),
        (
            with_release("when = ¦\"days <= 3 && done('t')\""),
            "begins on day 5",
            "change the days",
        ),
        (
            with_release("when = \"true\", ¦start = \"q\""),
            "no protocol q",
            "there are: p",
        ),
    ];
    for (text, what, hint) in &cases {
        check(&[(text.as_str(), what, hint)]);
    }
}

#[test]
fn tasks_are_checked_with_their_place() {
    let arrival = "enrol = { on = [\"arrival\"] }";
    let with_task = |more: &str| protocol(&format!("{arrival}\ntask = [{{ id = \"t\", {TASK}{more} }}]"));
    let with_owner = |before: &str, owner: &str| {
        protocol(&format!(
            "{before}{arrival}\ntask = [{{ id = \"t\", {T_INLINE}, {owner} }}]"
        ))
    };
    let cases: Vec<(String, &str, &str)> = vec![
        (
            with_task(", slots = [\"06:00-10:00\", ¦\"09:59-12:00\"]"),
            "overlaps",
            "disjoint",
        ),
        (with_task(", slots = [¦\"24:00-24:00\"]"), "slots must be", ""),
        (with_task(", days = ¦\"7..1\""), "days must be", ""),
        (
            with_task(", within = \"2h\", ¦by = \"16:00\""),
            "one timing",
            "keep one",
        ),
        (with_task(", ¦time = \"sampled\""), "no field sampled", "celsius"),
        (
            with_task(", after = { task = \"u\" }").replace("task = [", "¦task = ["),
            "names the task u",
            "there are: t",
        ),
        (
            with_task(", ¦excuse = \"community-heath\""),
            "no role",
            "community-health",
        ),
        (
            with_owner(
                "intake = true\n",
                "¦owner = \"desk('cdc', subject.region)\", expects = \"temperature\"",
            ),
            "territory's own",
            "territory(subject)",
        ),
        (
            with_owner("", "¦owner = \"self(subject)\", expects = \"temperature\""),
            "residents cannot write",
            "residents = true",
        ),
        (
            with_owner("", "owner = \"territory(subject)\", ¦expects = \"daily_report\""),
            "not about a person",
            "",
        ),
    ];
    for (text, what, hint) in &cases {
        check(&[(text.as_str(), what, hint)]);
    }
}

#[test]
fn rules_end_in_a_bare_true_and_reach_every_row() {
    let rule = |rows: &str| {
        format!(
            "[rule.r]\ntitle = {{ zh = \"规\", en = \"R\" }}\ninput = {{ n = \"int\" }}\nresult = {{ measure = \"measure\", days = \"int\" }}\nrow = [\n{rows}\n]\n"
        )
    };
    let last = "{ when = \"true\", then = { measure = \"none\", days = 0 } },";
    check(&[
        (
            &rule("¦{ when = \"n > 3\", then = { measure = \"none\", days = 0 } },"),
            "bare when",
            "everything else",
        ),
        (&rule(&format!("{last}\n¦{last}")), "never reached", "order"),
        (
            &rule(&format!(
                "{{ when = \"n > 3\", then = {{ measure = \"¦nome\", days = 0 }} }},\n{last}"
            )),
            "no code 'nome'",
            "none",
        ),
        (
            &rule(&format!(
                "{{ when = \"n > 3\", ¦then = {{ measure = \"none\" }} }},\n{last}"
            )),
            "lacks days",
            "add days",
        ),
        (
            &rule(&format!(
                "{{ when = \"n > 3\", then = {{ measure = \"none\", days = \"n ¦+ 'x'\" }} }},\n{last}"
            )),
            "not added",
            "build no text",
        ),
        (
            &rule(&format!(
                "{{ when = \"¦m > 3\", then = {{ measure = \"none\", days = 1 }} }},\n{last}"
            )),
            "no variable m",
            "known here: n on",
        ),
        (
            &rule(&format!(
                "{{ when = \"rule('r', {{ 'n': n }}).days > 3\", then = {{ measure = \"none\", days = 1 }} }},\n{last}"
            ))
            .replace("[rule.r]", "[rule.¦r]"),
            "ask each other",
            "",
        ),
    ]);
}

#[test]
fn what_enrolled_an_entry_is_known_of_it_afterwards() {
    let enrolled = |when: &str| {
        protocol(&format!(
            "enrol = {{ on = [\"arrival\"], when = \"{when}\" }}\n\
             task = [{{ id = \"t\", {TASK}, until = \"entry.at + hours(entry.companions)\" }}]\n\
             release = [{{ outcome = \"o\", when = \"done('t') && time_of('t') > start && days > entry.companions\" }}]"
        ))
    };
    assert_eq!(findings(&enrolled("has(entry.companions) && entry.companions > 2")), []);
    let unproved = findings(&enrolled("entry.proxy"));
    assert!(
        unproved.len() >= 2
            && unproved
                .iter()
                .all(|f| f.what.en.contains("entry.companions may be missing"))
    );
    let guarded = guard("entry.n > 3").replace("\nrequire =", "\nwhen = \"has(entry.n)\"\nrequire =");
    assert_eq!(findings(&guarded), []);
}

#[test]
fn an_overlay_adds_and_does_not_replace() {
    let packs = [
        base(),
        source("packs/examples/measures.toml", include_str!("packs/measures.toml")),
    ];
    let city = |text: &str| [source("overlay/city.toml", text)];
    let loaded = load(
        &packs,
        &city(
            "[setting]\nfever_c = { value = 37.5, area = [{ area = \"371702\", value = 37.2 }] }\n[rule.arrival-measure]\nrow = [{ area = \"371702\", when = \"size(stays) > 9\", then = { measure = \"central\", days = 14 }, clause = \"本市通告\" }]\n",
        ),
    );
    let model = loaded.unwrap().model;
    assert_eq!(model.settings["fever_c"].default.as_int(), Some(375));
    assert_eq!(model.settings["fever_c"].by_area[0].1.as_int(), Some(372));
    let rows = &model.rules["arrival-measure"].rows;
    assert_eq!(
        (rows.len(), rows[0].number, rows[0].clause.as_deref()),
        (5, 1, Some("本市通告"))
    );

    for (text, what) in [
        (
            "[setting]\nfever_c = { kind = \"int\", value = 38.0 }\n",
            "cannot change a setting's kind",
        ),
        (
            "[register.arrival]\nsubject = [\"person\"]\n",
            "stands at packs/examples/base.toml",
        ),
        (
            "[rule.arrival-measure]\ninput = { n = \"int\" }\n",
            "cannot change a rule's input",
        ),
    ] {
        let found = load(&packs, &city(text)).unwrap_err();
        assert!(
            found
                .iter()
                .any(|f| f.what.en.contains(what) && f.file == "overlay/city.toml"),
            "{found:?}"
        );
    }
}

#[test]
fn editions_in_force_together_are_refused() {
    let edition = |version: u32, dates: &str| {
        let enrol = "enrol = { on = [\"arrival\"] }\n";
        format!("[[protocol.p]]\n{T}version = {version}\nin_force = {dates}\n{enrol}")
    };
    let first = edition(1, "{ from = \"2020-01-01\", to = \"2020-03-02\" }");
    let text = format!("{first}¦{}", edition(2, "{ from = \"2020-03-01\" }"));
    check(&[(&text, "in force together", "in_force")]);
    let text = format!("{first}{}", edition(2, "{ from = \"2020-03-02\" }"));
    assert_eq!(findings(&text), []);
}

#[test]
fn all_findings_come_in_one_run_in_the_order_of_the_files() {
    let text = format!(
        "{}\n[indicator]\nx = {{ title = {{ zh = \"a\", en = \"b\" }}, kind = \"cuont\", of = \"arrival\" }}\n",
        guard("entry.n > 1 && entry.foo == 1")
    );
    let found = findings(&text);
    assert_eq!(found.len(), 3, "{found:#?}");
    assert!(
        found
            .windows(2)
            .all(|pair| (pair[0].line, pair[0].column) <= (pair[1].line, pair[1].column))
    );
}

#[test]
fn a_file_that_is_no_toml_is_told_with_its_line() {
    check(&[("[guard.x]\non = [¦\n\n", "TOML", "quotes")]);
    let twice = "[list.a]\nvalue = []\n[list.a]\nvalue = []\n";
    assert!(findings(twice).iter().any(|f| f.line == 3), "a doubled id");
}
