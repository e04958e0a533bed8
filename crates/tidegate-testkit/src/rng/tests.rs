//! Tests of the seeded generator.

use super::*;

#[test]
fn matches_the_published_sequence_of_splitmix64() {
    let mut rng = Rng::from_seed(1_234_567);
    let first: Vec<u64> = (0..3).map(|_| rng.next_u64()).collect();
    assert_eq!(
        first,
        [
            6_457_827_717_110_365_317,
            3_203_168_211_198_807_973,
            9_817_491_932_198_370_423
        ]
    );
}

#[test]
fn a_seed_repeats_and_a_fork_differs() {
    let (mut a, mut b) = (Rng::from_seed(7), Rng::from_seed(7));
    assert_eq!(a.next_u64(), b.next_u64());
    let mut fork = a.fork();
    assert_eq!(fork.next_u64(), b.fork().next_u64());
    assert_ne!(a.next_u64(), fork.next_u64());
}

#[test]
fn bounded_numbers_reach_every_value_and_no_other() {
    let mut rng = Rng::from_seed(3);
    let mut seen = [false; 6];
    for _ in 0..1_000 {
        seen[rng.range(10..16) as usize - 10] = true;
    }
    assert_eq!(seen, [true; 6]);
    let step = Duration::from_millis(2)..Duration::from_millis(3);
    assert!((0..100).all(|_| step.contains(&rng.duration(step.clone()))));
    assert!(rng.chance(1, 1));
    assert!(!rng.chance(0, 1));
}

#[test]
fn a_shuffle_keeps_every_item() {
    let mut rng = Rng::from_seed(9);
    let mut items: Vec<u32> = (0..50).collect();
    rng.shuffle(&mut items);
    assert_ne!(items, (0..50).collect::<Vec<_>>());
    items.sort_unstable();
    assert_eq!(items, (0..50).collect::<Vec<_>>());
    assert!(items.contains(rng.pick(&items)));
}
