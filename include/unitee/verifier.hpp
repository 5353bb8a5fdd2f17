// SPDX-License-Identifier: Apache-2.0
//
// unitee/verifier.hpp: everything a verifier or relying party needs, and nothing of a guest's.
//
// A service that judges a fleet's evidence includes unitee/verify/snp_verifier.hpp and tdx_verifier.hpp beside it,
// which need locks. Intel's collateral is JSON, which one translation unit of a program reads with
// unitee/json/collateral.hpp.
#pragma once

#include <unitee/evidence.hpp>
#include <unitee/transcript.hpp>
#include <unitee/verify/appraise.hpp>
#include <unitee/verify/attestation_result.hpp>
#include <unitee/verify/endorsements.hpp>
#include <unitee/verify/snp.hpp>
#include <unitee/verify/snp_appraise.hpp>
#include <unitee/verify/snp_checks.hpp>
#include <unitee/verify/snp_missing.hpp>
#include <unitee/verify/snp_policy.hpp>
#include <unitee/verify/snp_steps.hpp>
#include <unitee/verify/tdx.hpp>
#include <unitee/verify/tdx_appraise.hpp>
#include <unitee/verify/tdx_checks.hpp>
#include <unitee/verify/tdx_explain.hpp>
#include <unitee/verify/tdx_missing.hpp>
#include <unitee/verify/tdx_policy.hpp>
#include <unitee/verify/tdx_steps.hpp>
#include <unitee/verify/trust_anchors.hpp>
#include <unitee/verify/verify.hpp>
