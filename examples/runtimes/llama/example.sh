# SPDX-License-Identifier: Apache-2.0
# llama/example.sh: what ../run needs to know of this example.
# shellcheck shell=bash disable=SC2034,SC2154

[[ $(uname -m) == x86_64 ]] || { echo "the package with llama.cpp's libraries is for x86-64" >&2; exit 1; }

# Both packages are of one release of llama.cpp. The first has its libraries, the second its source. The digests are
# those of the registry (dist.integrity), in hexadecimal.
registry=https://registry.npmjs.org
release=v0.5.0
libraries=@node-llama-cpp/linux-x64/-/linux-x64-3.22.1.tgz
libraries_sha512=e6e0820cda9608d7da026f1a47f533c5ba381c1a4a80d17dd640873dea4a86032057638099ab6879f6ce94c8a1b2a0a21f639ddf913f7941d00856df44126e3a
source=node-llama-cpp/-/node-llama-cpp-3.22.1.tgz
source_sha512=6e5b488a9b9699cd76dc7eed30880318a4ac4ab866865418795502e3c5d38d55bb5c624988927209d95333343f2e25a83e4183a5c2f816f883a60c3ba9f4e20f

llama_cpp=$build/llama.cpp-$release
packages+=(ca-certificates curl git python3)
options=(-DLLAMA_CPP="$llama_cpp" -DLLAMA_CPP_RELEASE="$release")

# fetch ADDRESS SHA512 FILE: a file that is there has been checked.
fetch() {
  [[ ! -f $3 ]] || return 0
  echo "downloading $1"
  step curl --fail --silent --show-error --location --retry 3 --output "$3.part" "$1"
  step sha512sum --check - <<<"$2  $3.part"
  mv "$3.part" "$3"
}

# unpack puts the libraries and the headers into a folder that appears whole or not at all.
unpack() {
  local to=$llama_cpp.part
  rm -rf "$to" &&
    mkdir -p "$to/lib" &&
    tar -xzf "$build/libraries.tgz" -C "$to/lib" --strip-components=3 package/bins/linux-x64 &&
    tar -xzf "$build/source.tgz" -C "$to" --strip-components=2 package/llama/gitRelease.bundle \
      package/llama/binariesGithubRelease.json &&
    grep "\"release\": *\"$release\"" "$to/lib/_nlcBuildMetadata.json" &&
    grep "\"release\": *\"$release\"" "$to/binariesGithubRelease.json" &&
    git clone --quiet --bare "$to/gitRelease.bundle" "$to/git" &&
    git --git-dir="$to/git" archive HEAD include | tar -x -C "$to" &&
    git --git-dir="$to/git" archive HEAD:ggml include | tar -x -C "$to" &&
    rm -rf "$to/git" "$to/gitRelease.bundle" &&
    mv "$to" "$llama_cpp"
}

get() {
  [[ ! -d $llama_cpp ]] || return 0
  fetch "$registry/$libraries" "$libraries_sha512" "$build/libraries.tgz"
  fetch "$registry/$source" "$source_sha512" "$build/source.tgz"
  step unpack
}

# A small model says whether all is right, a larger one how long loading takes.
try() {
  step "$here/model.py" small.gguf
  [[ -f large.gguf ]] || step "$here/model.py" --layers 8 --width 1024 large.gguf
  "$program" small.gguf
  "$program" large.gguf time
}
