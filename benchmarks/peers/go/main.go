// SPDX-License-Identifier: Apache-2.0
//
// The modules go-sev-guest and go-tdx-guest, asked by the protocol that ../cpp/protocol.hpp describes.
package main

import (
	"bufio"
	"crypto/x509"
	"encoding/hex"
	"errors"
	"fmt"
	"net/url"
	"os"
	"strconv"
	"strings"
	"time"

	snpabi "github.com/google/go-sev-guest/abi"
	spb "github.com/google/go-sev-guest/proto/sevsnp"
	snpverify "github.com/google/go-sev-guest/verify"
	"github.com/google/go-sev-guest/verify/trust"
	tdxverify "github.com/google/go-tdx-guest/verify"
	"golang.org/x/sys/unix"
)

type question struct {
	kind, how string
	at        time.Time
	given     map[string][]byte
}

type task func() error

// noNetwork refuses every request: whatever is not in the evidence is missing.
type noNetwork struct{}

func (noNetwork) Get(where string) ([]byte, error) {
	return nil, fmt.Errorf("no network for %s", where)
}

// vlekRoots is the chain of VLEKs, which the module has no copy of: it is trusted as the driver sends it.
func vlekRoots(asked *question) map[string][]*trust.AMDRootCerts {
	asvk, err := x509.ParseCertificate(asked.given["trusted_intermediate"])
	if err != nil {
		return nil
	}
	ark, err := x509.ParseCertificate(asked.given["trusted_root"])
	if err != nil {
		return nil
	}
	line := strings.TrimPrefix(ark.Subject.CommonName, "ARK-")
	certificates := &trust.ProductCerts{Asvk: asvk, Ark: ark}
	return map[string][]*trust.AMDRootCerts{line: {{ProductLine: line, ProductCerts: certificates}}}
}

func snpCold(asked *question) error {
	if size := len(asked.given["report"]); size != snpabi.ReportSize {
		return fmt.Errorf("the report is %d bytes", size)
	}
	report, err := snpabi.ReportToProto(asked.given["report"])
	if err != nil {
		return err
	}
	chain := &spb.CertificateChain{AskCert: asked.given["intermediate"], ArkCert: asked.given["root"]}
	options := &snpverify.Options{DisableCertFetching: true, Getter: noNetwork{}, Now: asked.at}
	if (report.GetSignerInfo()>>2)&7 == uint32(snpabi.VlekReportSigner) {
		chain.VlekCert = asked.given["vek"]
		options.TrustedRoots = vlekRoots(asked)
	} else {
		chain.VcekCert = asked.given["vek"]
	}
	return snpverify.SnpAttestation(&spb.Attestation{Report: report, CertificateChain: chain}, options)
}

// snpWarm keeps the decoded VEK, whose chain was verified.
func snpWarm(asked *question) task {
	if snpCold(asked) != nil {
		return nil
	}
	vek, err := x509.ParseCertificate(asked.given["vek"])
	if err != nil {
		return nil
	}
	return func() error { return snpverify.SnpReportSignature(asked.given["report"], vek) }
}

// recorded answers the requests of a client of Intel's service from the files of the question.
type recorded struct{ asked *question }

func (r recorded) Get(where string) (map[string][]string, []byte, error) {
	answer := func(header, chain, body string) (map[string][]string, []byte, error) {
		escaped := url.QueryEscape(string(r.asked.given[chain]))
		return map[string][]string{header: {escaped}}, r.asked.given[body], nil
	}
	switch {
	case strings.Contains(where, "/tcb?"):
		return answer("Tcb-Info-Issuer-Chain", "tcb_info_issuer_chain", "tcb_info")
	case strings.Contains(where, "/qe/identity"):
		return answer("Sgx-Enclave-Identity-Issuer-Chain", "qe_identity_issuer_chain", "qe_identity")
	case strings.Contains(where, "/pckcrl?"):
		return answer("Sgx-Pck-Crl-Issuer-Chain", "pck_crl_issuer_chain", "pck_crl")
	case strings.HasSuffix(where, ".der"), strings.HasSuffix(where, ".crl"):
		return nil, r.asked.given["root_ca_crl"], nil
	}
	return nil, nil, fmt.Errorf("nothing is recorded for %s", where)
}

func tdxCold(asked *question) error {
	return tdxverify.RawTdxQuote(asked.given["quote"], &tdxverify.Options{
		CheckRevocations: true, GetCollateral: true, Getter: recorded{asked}, Now: asked.at})
}

func taskOf(asked *question) task {
	switch asked.kind + " " + asked.how {
	case "snp cold":
		return func() error { return snpCold(asked) }
	case "snp warm":
		return snpWarm(asked)
	case "tdx cold":
		return func() error { return tdxCold(asked) }
	}
	return nil // go-tdx-guest keeps nothing from one quote to the next
}

// guarded makes a panic an answer.
func guarded(t task) (err error) {
	defer func() {
		if why := recover(); why != nil {
			err = errors.New("PANIC")
		}
	}()
	return t()
}

func cpuNanoseconds() int64 {
	var now unix.Timespec
	if err := unix.ClockGettime(unix.CLOCK_PROCESS_CPUTIME_ID, &now); err != nil {
		panic(err)
	}
	return now.Nano()
}

func reply(asked *question, count int) string {
	t := taskOf(asked)
	if t == nil {
		return "cannot 0 -"
	}
	var err error
	from := cpuNanoseconds()
	for i := 0; i < count; i++ {
		err = guarded(t)
	}
	took := cpuNanoseconds() - from
	if err == nil {
		return fmt.Sprintf("accepted %d -", took)
	}
	return fmt.Sprintf("refused %d %s", took, strings.ReplaceAll(err.Error(), "\n", " "))
}

func decoded(digits string) []byte {
	out, err := hex.DecodeString(digits)
	if err != nil {
		panic(err)
	}
	return out
}

func number(word string) int64 {
	out, err := strconv.ParseInt(word, 10, 64)
	if err != nil {
		panic(err)
	}
	return out
}

// ownOutput is standard output; what the modules write there, which is their log, goes nowhere from now on.
func ownOutput() *os.File {
	answers, err := unix.Dup(1)
	if err != nil {
		panic(err)
	}
	nowhere, err := unix.Open("/dev/null", unix.O_WRONLY, 0)
	if err != nil {
		panic(err)
	}
	if err := unix.Dup2(nowhere, 1); err != nil {
		panic(err)
	}
	return os.NewFile(uintptr(answers), "answers")
}

func main() {
	out := ownOutput()
	kept := map[string][]byte{}
	in := bufio.NewReaderSize(os.Stdin, 1<<20)
	for {
		line, err := in.ReadString('\n')
		if err != nil {
			return
		}
		words := strings.Split(strings.TrimRight(line, "\n"), " ")
		if words[0] == "set" {
			kept[words[1]] = decoded(words[2])
			continue
		}
		asked := &question{kind: words[1], how: words[2], at: time.Unix(number(words[3]), 0), given: map[string][]byte{}}
		for name, bytes := range kept {
			asked.given[name] = bytes
		}
		for _, word := range words[5:] {
			name, digits, _ := strings.Cut(word, "=")
			asked.given[name] = decoded(digits)
		}
		fmt.Fprintln(out, reply(asked, int(number(words[4]))))
	}
}
