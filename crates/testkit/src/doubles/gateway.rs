//! A gateway or robot over HTTP/1.1.

use super::Listening;
use std::collections::{BTreeMap, BTreeSet, VecDeque};
use std::io::{BufRead, BufReader, Read, Write};
use std::net::TcpStream;
use std::sync::{Arc, Mutex, PoisonError};

/// What the double answers to one request.
#[derive(Clone, Debug)]
pub enum Answer {
    /// A status with a body.
    Status(u16, &'static str),
    /// It takes the message, and the connection breaks before it says so.
    TakeAndBreak,
}

/// A request as it came.
#[derive(Clone, Debug)]
pub struct HttpRequest {
    /// `POST`, `HEAD` …
    pub method: String,
    /// Path with what stands behind `?`.
    pub path: String,
    /// Headers, names in small letters.
    pub headers: BTreeMap<String, String>,
    /// The body.
    pub body: String,
}

#[derive(Debug, Default)]
struct State {
    script: VecDeque<Answer>,
    requests: Vec<HttpRequest>,
}

/// A server on this machine; it answers 200 with `{"errcode":0,"code":0}` when nothing else was asked of it.
#[derive(Debug)]
pub struct HttpDouble {
    state: Arc<Mutex<State>>,
    listening: Listening,
}

impl HttpDouble {
    /// Starts one on a free port.
    pub fn start() -> HttpDouble {
        let state: Arc<Mutex<State>> = Arc::default();
        let shared = state.clone();
        let listening = Listening::start(move |stream| {
            // A caller that goes away in the middle has said nothing.
            let _ = answer(&shared, stream);
        });
        HttpDouble { state, listening }
    }

    /// Its address.
    pub fn url(&self) -> String {
        format!("http://127.0.0.1:{}", self.listening.port)
    }

    /// Answers the next requests so, one each.
    pub fn script(&self, answers: impl IntoIterator<Item = Answer>) {
        self.state
            .lock()
            .unwrap_or_else(PoisonError::into_inner)
            .script
            .extend(answers);
    }

    /// What came, oldest first.
    pub fn requests(&self) -> Vec<HttpRequest> {
        self.state
            .lock()
            .unwrap_or_else(PoisonError::into_inner)
            .requests
            .clone()
    }

    /// How many different values of a header came: what a gateway that looks at it would have sent on.
    pub fn distinct(&self, header: &str) -> usize {
        let requests = self.requests();
        let values: BTreeSet<&String> = requests
            .iter()
            .filter_map(|request| request.headers.get(header))
            .collect();
        values.len()
    }
}

fn answer(state: &Mutex<State>, mut stream: TcpStream) -> std::io::Result<()> {
    let mut reader = BufReader::new(stream.try_clone()?);
    let mut line = String::new();
    if reader.read_line(&mut line)? == 0 {
        return Ok(());
    }
    let mut words = line.split_whitespace();
    let (method, path) = (words.next().unwrap_or_default(), words.next().unwrap_or_default());
    let mut request = HttpRequest {
        method: method.to_owned(),
        path: path.to_owned(),
        headers: BTreeMap::new(),
        body: String::new(),
    };
    loop {
        let mut line = String::new();
        reader.read_line(&mut line)?;
        let Some((name, value)) = line.trim_end().split_once(':') else {
            break;
        };
        request.headers.insert(name.to_lowercase(), value.trim().to_owned());
    }
    let length = request
        .headers
        .get("content-length")
        .and_then(|text| text.parse().ok())
        .unwrap_or(0);
    let mut body = vec![0; length];
    reader.read_exact(&mut body)?;
    request.body = String::from_utf8_lossy(&body).into_owned();
    let is_head = request.method == "HEAD";
    let answer = {
        let mut state = state.lock().unwrap_or_else(PoisonError::into_inner);
        if is_head {
            Answer::Status(405, "")
        } else {
            state.requests.push(request);
            let next = state.script.pop_front();
            next.unwrap_or(Answer::Status(200, r#"{"errcode":0,"code":0}"#))
        }
    };
    let Answer::Status(status, body) = answer else {
        return Ok(());
    };
    let length = body.len();
    write!(
        stream,
        "HTTP/1.1 {status} X\r\ncontent-length: {length}\r\nconnection: close\r\n\r\n{body}"
    )
}
