//! Rules, guards, enrolment, tasks, release and escalation as pure functions of the facts.
