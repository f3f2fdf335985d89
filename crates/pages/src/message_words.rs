//! What a message says: a number and a link. No name, no register, nothing that somebody beside the reader could learn from.

use lianfang_kernel::Lang;
use lianfang_server::outbox::Telling;
use lianfang_ui::text::{text, text_with};

/// Subject line and text.
pub fn message_words(lang: Lang, telling: &Telling<'_>) -> (String, String) {
    let mut said = if telling.is_invitation {
        text(lang, "message-interview")
    } else if telling.is_alarm {
        text(lang, "message-alarm")
    } else if telling.is_urgent {
        text(lang, "message-urgent")
    } else {
        let key = if telling.is_staff {
            "message-open-staff"
        } else {
            "message-open-own"
        };
        text_with(lang, key, &[("n", telling.open.into())])
    };
    if telling.late > 0 && !telling.is_urgent {
        said += &text_with(lang, "message-late", &[("n", telling.late.into())]);
    }
    if telling.can_answer {
        said += &text(lang, "message-answer");
    }
    // Last: what stands behind a link would be taken for a part of it.
    said += &text_with(lang, "message-see", &[("link", telling.link.into())]);
    (text(lang, "message-subject"), said)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_message_holds_a_number_a_link_and_how_to_stop_it() {
        let telling = Telling {
            open: 2,
            late: 1,
            is_urgent: false,
            is_alarm: false,
            is_invitation: false,
            can_answer: true,
            is_staff: false,
            link: "https://city.example/me",
        };
        let (subject, zh) = message_words(Lang::Zh, &telling);
        assert_eq!(subject, "联防：您有待办");
        let expected = "【联防】您今天有2项待登记，1项已过时。可直接回复测得的数字，如36.5；回复“停”不再提醒。查看：https://city.example/me";
        assert_eq!(zh, expected);
        let staff = Telling {
            late: 0,
            can_answer: false,
            is_staff: true,
            link: "https://city.example/today",
            ..telling
        };
        assert_eq!(
            message_words(Lang::En, &staff).1,
            "Lianfang: 2 tasks today. See https://city.example/today"
        );
        let invited = Telling {
            open: 0,
            late: 0,
            is_invitation: true,
            can_answer: false,
            link: "https://city.example/interview/ABC",
            ..telling
        };
        let expected = "【联防】疾控流调人员请您在网上填写几项内容，本链接只能在您的一台手机上用一次，请勿转发。查看：https://city.example/interview/ABC";
        assert_eq!(message_words(Lang::Zh, &invited).1, expected);
    }
}
