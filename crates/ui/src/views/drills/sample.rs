//! Made-up contents.

use super::{Act, Drill, Drills, Gap, GapState, Inject, InjectState, Line, Review};
use crate::{
    gallery::w,
    part::{
        clock::Clock,
        field::{FieldView, Kind},
        form::Problem,
    },
};
use jiff::civil::{DateTime, datetime};
use lianfang_kernel::Lang;

fn at(hour: i8, minute: i8) -> DateTime {
    datetime(2026, 11, 21, hour, minute, 0, 0)
}

fn left(hour: i8, minutes: i64) -> Clock {
    Clock {
        due: at(hour, 0),
        minutes,
    }
}

fn inject(lang: Lang, number: i64, state: InjectState) -> Inject {
    Inject {
        number,
        at: at(8, 10),
        what: w(
            lang,
            "村民发热，自行到卫生室",
            "A villager with fever comes to the village clinic",
        ),
        owner: w(lang, "样例村委会", "Sample village committee"),
        state,
        answering: None,
    }
}

fn gap(lang: Lang, number: i64, state: GapState) -> Gap {
    Gap {
        number,
        what: w(lang, "密接排查超时", "Contacts were looked for too late"),
        owner: w(lang, "样例村委会", "Sample village committee"),
        state,
        act: None,
    }
}

fn in_play(lang: Lang) -> Drill {
    let mut open = inject(lang, 2, InjectState::Open(left(9, 25)));
    open.answering = Some(Act {
        entry: "n2".into(),
        ..Act::default()
    });
    let done = w(lang, "隔离观察，通知卫生院", "Isolated, township clinic told");
    Drill {
        id: "d1".into(),
        name: w(lang, "2026年秋季演练", "Autumn drill 2026"),
        scenario: w(lang, "村内发现发热人员", "Fever in a village"),
        injects: vec![
            inject(lang, 1, InjectState::Answered(at(8, 15), done, false)),
            open,
            inject(lang, 3, InjectState::Missed),
            inject(lang, 4, InjectState::Upcoming(left(10, 90))),
        ],
        ..Drill::default()
    }
}

/// A list, a drill in play, a refused answer, a review to write, gaps, and none.
pub fn samples(lang: Lang) -> Vec<(&'static str, Drills)> {
    let one = |drill: Drill| Drills::One(Box::new(drill));
    let play = in_play(lang);
    let mut refused = play.clone();
    let words = w(lang, "请写明应对措施", "Say what was done");
    if let Some(act) = refused.injects.iter_mut().find_map(|inject| inject.answering.as_mut()) {
        act.problem = Some(words);
    }
    let mut reviewing = play.clone();
    let whole = w(
        lang,
        "有差距没有整改单位或期限，不能保存",
        "A gap has no owner or no date: not saved",
    );
    let summary = FieldView::new("summary", Kind::Note, w(lang, "总体评价", "Summary"));
    reviewing.review = Review::Writing("n9".into(), vec![summary], vec![Problem::at("", whole)]);
    let mut gaps = play.clone();
    gaps.review = Review::Done(w(
        lang,
        "总体有序，排查偏慢",
        "In order on the whole; contacts slowly found",
    ));
    let measure = w(lang, "明确排查分工", "Made clear who looks for contacts");
    let act = || {
        Some(Act {
            entry: "n3".into(),
            ..Act::default()
        })
    };
    let mut open = gap(lang, 1, GapState::Open(left(8, -30)));
    open.act = act();
    let mut fixed = gap(lang, 2, GapState::Fixed(measure.clone()));
    fixed.act = act();
    gaps.gaps = vec![open, fixed, gap(lang, 3, GapState::Passed(measure))];
    let line = |reviewed: Option<usize>| Line {
        id: "d1".into(),
        name: play.name.clone(),
        scenario: play.scenario.clone(),
        answered: (1, 3),
        next: Some(left(10, 90)),
        reviewed,
    };
    vec![
        (
            "list",
            Drills::List(vec![line(None), line(Some(2)), line(Some(0))], true),
        ),
        ("play", one(play.clone())),
        ("refused", one(refused)),
        ("review", one(reviewing)),
        ("gaps", one(gaps)),
        ("empty", Drills::List(Vec::new(), true)),
    ]
}
