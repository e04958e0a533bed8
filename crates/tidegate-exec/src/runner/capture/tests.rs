//! Whatever the pieces in which a stream arrives, what is kept and counted is the same.

use proptest::prelude::*;
use tidegate_testkit::poll::block_on;
use tokio::io::{AsyncWriteExt, duplex};

use super::*;

/// Writes `pieces` through a pipe of `pipe_bytes`, and gives the preamble and the rest.
fn capture(
    pieces: &[Vec<u8>],
    pipe_bytes: usize,
    cap: usize,
    preamble: usize,
) -> (Vec<u8>, Captured) {
    block_on(async {
        let (mut writer, reader) = duplex(pipe_bytes);
        let mut capture = Capture::new(Some(reader), cap, preamble);
        let write = async {
            for piece in pieces {
                writer.write_all(piece).await.unwrap();
            }
            drop(writer);
        };
        tokio::join!(write, capture.read_on());
        (capture.preamble().to_vec(), capture.finish())
    })
}

proptest! {
    #[test]
    fn the_beginning_is_kept_and_the_rest_counted(
        pieces in prop::collection::vec(prop::collection::vec(any::<u8>(), 0..40), 0..10),
        pipe_bytes in 1usize..64,
        cap in 0usize..200,
        preamble in 0usize..20,
    ) {
        let all = pieces.concat();
        let (own_preamble, captured) = capture(&pieces, pipe_bytes, cap, preamble);
        let (before, own) = all.split_at(preamble.min(all.len()));
        prop_assert_eq!(own_preamble, before);
        prop_assert_eq!(&captured.bytes[..], &own[..cap.min(own.len())]);
        let dropped = own.len().saturating_sub(cap);
        prop_assert_eq!(captured.dropped_bytes, u64::try_from(dropped).unwrap());
        prop_assert!(captured.complete);
    }
}

#[test]
fn a_stream_that_is_let_go_is_not_complete() {
    let (writer, reader) = duplex(8);
    let capture = Capture::new(Some(reader), 8, 0);
    assert!(!capture.finish().complete);
    drop(writer);
}
