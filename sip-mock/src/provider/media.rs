//! Audio: a small music server, and the player's side that really fetches what it is told to play.
//!
//! The music is made here, soft broken chords that fade in and out: no recording, no licence, and the same bytes every time.

use std::collections::HashMap;
use std::f64::consts::TAU;
use std::sync::{Arc, Mutex, PoisonError};
use std::time::{Duration, Instant};

use axum::body::Bytes;
use tokio::sync::OnceCell;

/// Samples a second: what a telephone carries.
const RATE: u32 = 8_000;
/// How long a piece is unless its name says otherwise (`hold-30s`).
const PIECE: u32 = 20;
/// No piece is longer: its bytes are made and held in memory.
const LONGEST: u32 = 300;
/// The largest file that the player takes.
const LARGEST: usize = 16 << 20;
/// How long a fetched file counts as fresh: the real player keeps a cache, too.
const FRESH: Duration = Duration::from_mins(1);

/// Makes the piece of this name, or nothing if the server has none: names are lower-case words, those that begin with `missing`
/// are never there.
#[must_use]
pub fn piece(name: &str) -> Option<Vec<u8>> {
    let stem = name.strip_suffix(".wav")?;
    let plain = !stem.is_empty()
        && stem.len() <= 64
        && stem.bytes().all(|b| b.is_ascii_lowercase() || b.is_ascii_digit() || b == b'-');
    if !plain || stem.starts_with("missing") {
        return None;
    }
    let seconds = stem.rsplit('-').next().and_then(|s| s.strip_suffix('s')).and_then(|s| s.parse().ok());
    Some(wav(&samples(stem, seconds.unwrap_or(PIECE).clamp(1, LONGEST))))
}

/// Four chords of a calm progression, each note struck softly and left to ring.
#[expect(clippy::cast_possible_truncation, reason = "the sum of the voices stays below a third of full scale")]
fn samples(name: &str, seconds: u32) -> Vec<i16> {
    const CHORDS: [[i32; 4]; 4] = [[0, 4, 7, 12], [-3, 0, 4, 9], [-7, -3, 0, 5], [-5, -1, 2, 7]];
    let transpose = name.bytes().fold(0_i32, |sum, b| (sum * 31 + i32::from(b)) % 5);
    let total = f64::from(seconds);
    let rate = f64::from(RATE);
    let pitch = |semitone: i32| 220.0 * 2_f64.powf(f64::from(semitone + transpose) / 12.0);
    let pitches = CHORDS.map(|chord| chord.map(pitch));
    (0..seconds * RATE)
        .map(|n| {
            let t = f64::from(n) / rate;
            let chord = pitches[(t / 5.0) as usize % pitches.len()];
            let mut sum = 0.0;
            for (voice, pitch) in (0_u32..).zip(chord) {
                // Each voice enters half a second after the one below it, twice a chord.
                let age = (t - f64::from(voice) * 0.5).rem_euclid(2.5);
                let strike = (age * 12.0).min(1.0) * (-age * 1.6).exp();
                let turn = TAU * pitch * t;
                sum += strike * (turn.sin() + 0.25 * (2.0 * turn).sin());
            }
            let fade = (t / 0.8).min((total - t) / 0.8).clamp(0.0, 1.0);
            (sum * fade * 2_200.0) as i16
        })
        .collect()
}

/// PCM, 16 bit, mono.
fn wav(samples: &[i16]) -> Vec<u8> {
    let data = u32::try_from(samples.len() * 2).unwrap_or(0);
    let mut out = Vec::with_capacity(44 + samples.len() * 2);
    out.extend_from_slice(b"RIFF");
    out.extend_from_slice(&(36 + data).to_le_bytes());
    out.extend_from_slice(b"WAVEfmt ");
    out.extend_from_slice(&16_u32.to_le_bytes());
    for half in [1_u16, 1] {
        out.extend_from_slice(&half.to_le_bytes());
    }
    out.extend_from_slice(&RATE.to_le_bytes());
    out.extend_from_slice(&(RATE * 2).to_le_bytes());
    for half in [2_u16, 16] {
        out.extend_from_slice(&half.to_le_bytes());
    }
    out.extend_from_slice(b"data");
    out.extend_from_slice(&data.to_le_bytes());
    for sample in samples {
        out.extend_from_slice(&sample.to_le_bytes());
    }
    out
}

/// How long a WAV file plays.
fn wav_duration(bytes: &[u8]) -> Option<Duration> {
    let u32_at = |at: usize| bytes.get(at..at + 4).and_then(|b| b.try_into().ok()).map(u32::from_le_bytes);
    if bytes.get(..4)? != b"RIFF" || bytes.get(8..12)? != b"WAVE" {
        return None;
    }
    let (mut at, mut per_second) = (12, None);
    loop {
        let size = u32_at(at + 4)?;
        match bytes.get(at..at + 4)? {
            b"fmt " => per_second = u32_at(at + 16),
            b"data" => {
                return per_second.filter(|r| *r > 0).map(|r| Duration::from_secs_f64(f64::from(size) / f64::from(r)));
            }
            _ => {}
        }
        at += 8 + usize::try_from(size).ok()? + usize::try_from(size % 2).ok()?;
    }
}

/// How many pieces the server keeps, and how many files the player remembers; beyond that they start anew.
const KEPT: usize = 64;
const REMEMBERED: usize = 10_000;

/// The music server's shelf: each piece is made once, away from the threads that carry calls.
#[derive(Debug, Clone, Default)]
pub(crate) struct Shelf(Arc<Mutex<HashMap<String, Place>>>);

/// A piece that is made, being made, or known not to exist.
type Place = Arc<OnceCell<Option<Bytes>>>;

impl Shelf {
    pub(crate) async fn piece(&self, name: String) -> Option<Bytes> {
        let place = {
            let mut shelf = self.0.lock().unwrap_or_else(PoisonError::into_inner);
            if shelf.len() >= KEPT && !shelf.contains_key(&name) {
                shelf.clear();
            }
            Arc::clone(shelf.entry(name.clone()).or_default())
        };
        let make = async || {
            let made = tokio::task::spawn_blocking(move || piece(&name)).await;
            made.ok().flatten().map(Bytes::from)
        };
        place.get_or_init(make).await.clone()
    }
}

/// The length of a file, fetched once for all who ask at the same time.
type Length = Arc<OnceCell<Duration>>;

/// The player's cache of what it fetched: the length of each piece.
#[derive(Debug)]
pub(crate) struct Player {
    client: reqwest::Client,
    known: Mutex<HashMap<String, (Instant, Length)>>,
}

impl Player {
    pub(crate) fn new(client: reqwest::Client) -> Self {
        Self { client, known: Mutex::new(HashMap::new()) }
    }

    /// Fetches a file and answers how long it plays, in simulated time; `Err` says why there is nothing to hear. A failure is
    /// not remembered.
    pub(crate) async fn fetch(&self, url: &str, wait: Duration) -> Result<Duration, String> {
        let length = {
            let mut known = self.known.lock().unwrap_or_else(PoisonError::into_inner);
            if known.len() >= REMEMBERED {
                known.clear();
            }
            let (since, length) = known.entry(url.to_owned()).or_insert_with(|| (Instant::now(), Length::default()));
            if since.elapsed() >= FRESH {
                (*since, *length) = (Instant::now(), Length::default());
            }
            Arc::clone(length)
        };
        let fetched = length.get_or_try_init(|| self.download(url));
        tokio::time::timeout(wait, fetched).await.map_err(|_| "timed out".to_owned())?.copied()
    }

    async fn download(&self, url: &str) -> Result<Duration, String> {
        let mut answer = self.client.get(url).send().await.map_err(|e| e.without_url().to_string())?;
        if !answer.status().is_success() {
            return Err(format!("answered {}", answer.status().as_u16()));
        }
        let mut bytes = Vec::new();
        while let Some(chunk) = answer.chunk().await.map_err(|e| e.without_url().to_string())? {
            bytes.extend_from_slice(&chunk);
            if bytes.len() > LARGEST {
                return Err("too large".to_owned());
            }
        }
        wav_duration(&bytes).ok_or_else(|| "not a WAV file".to_owned())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_piece_plays_twenty_seconds_or_what_its_name_says() {
        assert_eq!(wav_duration(&piece("hold.wav").unwrap()), Some(Duration::from_secs(20)));
        assert_eq!(wav_duration(&piece("hold-3s.wav").unwrap()), Some(Duration::from_secs(3)));
        assert!(piece("missing-hold.wav").is_none());
        assert!(piece("../etc/passwd.wav").is_none());
        assert!(piece("hold.mp3").is_none());
    }

    #[test]
    fn the_music_is_always_the_same_never_clips_and_is_not_silence() {
        let once = samples("hold", 20);
        assert_eq!(once, samples("hold", 20));
        let loudest = once.iter().map(|s| s.unsigned_abs()).max().unwrap();
        assert!((2_000..20_000).contains(&loudest), "{loudest}");
        assert_eq!(once.first(), Some(&0));
    }

    #[test]
    fn broken_files_are_no_music() {
        assert_eq!(wav_duration(b"RIFF"), None);
        assert_eq!(wav_duration(b"<html></html>"), None);
        let mut cut = piece("hold-1s.wav").unwrap();
        cut.truncate(30);
        assert_eq!(wav_duration(&cut), None);
    }
}
