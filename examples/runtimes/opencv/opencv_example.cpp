// SPDX-License-Identifier: Apache-2.0
//
// opencv_example.cpp: OpenCV's dnn module, as Debian packages it, runs an ONNX model from sealed weights. It takes a
// model in memory, and sealed_file::load is that: decrypted by every processor, never dumped, wiped in the end.
//
// usage: opencv_example MODEL.onnx: of one image, 3 x 32 x 32; sealed to MODEL.onnx.sealed

#include "changed.hpp"
#include "guest.hpp"
#include "ratio.hpp"

#include <opencv2/core.hpp>
#include <opencv2/dnn.hpp>

#include <string>

using runtimes::require;

// read_net keeps copies of what it needs; the plaintext is wiped when it returns.
static cv::dnn::Net read_net(const unitee::sealed_file& sealed) {
  const auto plaintext = runtimes::need(sealed.load(), "load");
  return cv::dnn::readNetFromONNX(reinterpret_cast<const char*>(plaintext.view().data()), plaintext.size());
}

static cv::Mat infer(cv::dnn::Net net) {
  const int shape[] = {1, 3, 32, 32};
  cv::Mat image(4, shape, CV_32F);
  for (int i = 0; i < 3 * 32 * 32; ++i) image.ptr<float>()[i] = static_cast<float>(i % 255) / 255;
  net.setInput(image);
  return net.forward().clone();
}

int main(int argc, char** argv) {
  require(argc == 2, "usage: opencv_example MODEL.onnx");
  const std::string plain = argv[1];
  const std::string sealed = plain + ".sealed";

  const runtimes::confidential_guest guest;
  guest.seal(plain, sealed);
  const unitee::sealed_file model = guest.open(sealed);

  const cv::Mat expected = infer(cv::dnn::readNetFromONNX(plain));
  const cv::Mat actual = infer(read_net(model));
  require(expected.total() != 0 && cv::norm(expected, cv::NORM_INF) > 0, "the plain model says nothing");
  require(actual.size == expected.size && cv::norm(actual, expected, cv::NORM_INF) == 0, "another answer");
  fmt::print("{:.0f} MB of sealed weights: {} scores, those of the plain model to the last bit\n",
             static_cast<double>(model.size()) / 1e6, expected.total());

  const auto load_plain = [&] { (void)cv::dnn::readNetFromONNX(plain); };
  runtimes::print_ratio("readNetFromONNX", load_plain, [&] { (void)read_net(model); });

  runtimes::each_change(guest, sealed, [&](const unitee::failure& why) {
    const auto changed = guest.open(sealed).load();
    require(!changed && changed.error() == why, "a changed model was not refused");
  });
}
