// SPDX-License-Identifier: Apache-2.0
//
// The crates `sev` and `dcap-qvl`, asked by the protocol that ../cpp/protocol.hpp describes.

use std::collections::HashMap;
use std::io::{self, BufRead, Write};
use std::panic::{self, AssertUnwindSafe};

use dcap_qvl::verify::QuoteVerifier;
use dcap_qvl::QuoteCollateralV3;
use serde_json::value::RawValue;
use sev::certs::snp::{Certificate, Chain, Verifiable};
use sev::firmware::guest::AttestationReport;
use sev::parser::ByteParser;

type Files = HashMap<String, Vec<u8>>;
type Answer = Result<(), String>;
type Task<'a> = Box<dyn Fn() -> Answer + 'a>;

struct Question {
    kind: String,
    how: String,
    at: u64,
    given: Files,
}

impl Question {
    fn file(&self, name: &str) -> &[u8] {
        self.given.get(name).map_or(&[], |bytes| bytes)
    }

    fn text(&self, name: &str) -> Result<String, String> {
        String::from_utf8(self.file(name).to_vec()).map_err(said)
    }
}

fn said(why: impl std::fmt::Display) -> String {
    format!("{why:#}")
}

fn report_of(asked: &Question) -> Result<AttestationReport, String> {
    AttestationReport::from_bytes(asked.file("report")).map_err(said)
}

fn snp_cold(asked: &Question) -> Answer {
    let chain = Chain::from_der(asked.file("root"), asked.file("intermediate"), asked.file("vek")).map_err(said)?;
    (&chain, &report_of(asked)?).verify().map_err(said)
}

// snp_warm keeps the decoded VEK, whose chain was verified, as the crate's users do.
fn snp_warm(asked: &Question) -> Option<Task<'_>> {
    let chain = Chain::from_der(asked.file("root"), asked.file("intermediate"), asked.file("vek")).ok()?;
    chain.verify().ok()?;
    let vek: Certificate = chain.vek;
    Some(Box::new(move || (&vek, &report_of(asked)?).verify().map_err(said)))
}

// document_of takes the service's answer apart, as a client that fetches collateral does: the text of its member
// `name`, exactly, and the signature.
fn document_of(text: &str, name: &str) -> Result<(String, Vec<u8>), String> {
    let members: HashMap<&str, &RawValue> = serde_json::from_str(text).map_err(said)?;
    let inner = members.get(name).ok_or("the document is missing")?;
    let signature = members.get("signature").ok_or("the signature is missing")?;
    let digits: String = serde_json::from_str(signature.get()).map_err(said)?;
    Ok((inner.get().to_string(), hex::decode(digits).map_err(said)?))
}

fn tdx_cold(asked: &Question) -> Answer {
    let (tcb_info, tcb_info_signature) = document_of(&asked.text("tcb_info")?, "tcbInfo")?;
    let (qe_identity, qe_identity_signature) = document_of(&asked.text("qe_identity")?, "enclaveIdentity")?;
    let collateral = QuoteCollateralV3 {
        pck_crl_issuer_chain: asked.text("pck_crl_issuer_chain")?,
        root_ca_crl: asked.file("root_ca_crl").to_vec(),
        pck_crl: asked.file("pck_crl").to_vec(),
        tcb_info_issuer_chain: asked.text("tcb_info_issuer_chain")?,
        tcb_info,
        tcb_info_signature,
        qe_identity_issuer_chain: asked.text("qe_identity_issuer_chain")?,
        qe_identity,
        qe_identity_signature,
        pck_certificate_chain: None,
    };
    // What a guest may be is for our policies, and not for verification: nothing is refused for it here.
    QuoteVerifier::new_prod()
        .allow_debug(true)
        .allow_service_td(true)
        .verify(asked.file("quote"), &collateral, asked.at)
        .map(|_| ())
        .map_err(said)
}

fn task_of(asked: &Question) -> Option<Task<'_>> {
    match (asked.kind.as_str(), asked.how.as_str()) {
        ("snp", "cold") => Some(Box::new(|| snp_cold(asked))),
        ("snp", "warm") => snp_warm(asked),
        ("tdx", "cold") => Some(Box::new(|| tdx_cold(asked))),
        _ => None, // dcap-qvl keeps nothing from one quote to the next
    }
}

fn cpu_nanoseconds() -> i128 {
    let mut now = libc::timespec { tv_sec: 0, tv_nsec: 0 };
    // SAFETY: `now` is a timespec that lives through the call.
    unsafe { libc::clock_gettime(libc::CLOCK_PROCESS_CPUTIME_ID, &mut now) };
    i128::from(now.tv_sec) * 1_000_000_000 + i128::from(now.tv_nsec)
}

fn reply(asked: &Question, count: u64) -> String {
    let Some(task) = task_of(asked) else {
        return "cannot 0 -".to_string();
    };
    let from = cpu_nanoseconds();
    let mut answer = Err("nothing was asked".to_string());
    for _ in 0..count {
        answer = panic::catch_unwind(AssertUnwindSafe(&task)).unwrap_or(Err("PANIC".to_string()));
    }
    let took = cpu_nanoseconds() - from;
    match answer {
        Ok(()) => format!("accepted {took} -"),
        Err(why) => format!("refused {took} {}", why.replace('\n', " ")),
    }
}

fn named<'a>(words: &mut impl Iterator<Item = &'a str>, split: char) -> Option<(String, Vec<u8>)> {
    let word = words.next()?;
    let (name, digits) = word.split_once(split)?;
    Some((name.to_string(), hex::decode(digits).expect("the driver sends hexadecimal")))
}

fn main() -> io::Result<()> {
    panic::set_hook(Box::new(|_| {}));
    let mut kept = Files::new();
    let mut out = io::stdout().lock();
    for line in io::stdin().lock().lines() {
        let line = line?;
        let mut words = line.split(' ');
        if words.next() == Some("set") {
            let name = words.next().unwrap_or_default().to_string();
            kept.insert(name, hex::decode(words.next().unwrap_or_default()).expect("the driver sends hexadecimal"));
            continue;
        }
        let mut next = || words.next().unwrap_or_default().to_string();
        let (kind, how, at, count) = (next(), next(), next(), next());
        let mut given = kept.clone();
        while let Some((name, bytes)) = named(&mut words, '=') {
            given.insert(name, bytes);
        }
        let asked = Question { kind, how, at: at.parse().unwrap_or(0), given };
        writeln!(out, "{}", reply(&asked, count.parse().unwrap_or(0)))?;
        out.flush()?;
    }
    Ok(())
}
