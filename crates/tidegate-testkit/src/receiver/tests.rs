//! Tests of the receiver.

use super::*;

/// What comes back for a request with this body.
fn ask(receiver: &Receiver, body: &str) -> String {
    let mut stream = TcpStream::connect(receiver.address).unwrap();
    let length = body.len();
    let head = format!("POST /a HTTP/1.1\r\nX-Id: {body}\r\nContent-Length: {length}\r\n\r\n");
    stream.write_all((head + body).as_bytes()).unwrap();
    let mut answer = Vec::new();
    stream.read_to_end(&mut answer).unwrap();
    String::from_utf8_lossy(&answer).into_owned()
}

#[test]
fn it_answers_as_its_script_says_and_records_it() {
    let receiver = Receiver::start(|request, before| match (&*request.body, before) {
        ("slow", _) => Answer::Slowly(201),
        ("away", _) => Answer::Redirect(302, "http://x.example/".to_owned()),
        ("bytes", _) => Answer::Bytes(b"\0garbage".to_vec()),
        (_, before) => Answer::Status(200 + u16::try_from(before).unwrap()),
    });
    for (body, begins, holds) in [
        ("a", "HTTP/1.1 200 ", ""),
        ("b", "HTTP/1.1 201 ", ""),
        ("slow", "HTTP/1.1 201 ", ""),
        (
            "away",
            "HTTP/1.1 302 ",
            "\r\nlocation: http://x.example/\r\n",
        ),
        ("bytes", "\0garbage", ""),
    ] {
        let answer = ask(&receiver, body);
        assert!(
            answer.starts_with(begins) && answer.contains(holds),
            "{body}: {answer}"
        );
        let last = receiver.received().pop().unwrap();
        assert_eq!(last.request.body, body);
        assert_eq!(last.request.header("x-id"), Some(body));
        assert!(last.request.head.starts_with("POST /a "));
    }
    assert_eq!(receiver.received().len(), 5);
}

#[test]
fn dropping_it_ends_a_connection_that_hangs() {
    let receiver = Receiver::start(|_, _| Answer::Hangs);
    let mut stream = TcpStream::connect(receiver.address).unwrap();
    stream.write_all(b"GET / HTTP/1.1\r\n\r\n").unwrap();
    assert!(crate::wait_until(Duration::from_secs(20), || {
        receiver.received().len() == 1
    }));
    drop(receiver);
    // Whether the end is seen as such or as a reset is chance.
    assert!(matches!(stream.read(&mut [0]), Ok(0) | Err(_)));
}
