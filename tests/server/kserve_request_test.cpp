#include "server/kserve_request.h"

#include <gtest/gtest.h>

#include "base/json.h"
#include "http/error_status.h"

namespace jnlp {
namespace {

KserveRequest parse(const std::string& body, const std::string& header_length = "") {
  http::Request request;
  request.body = body;
  if (!header_length.empty()) {
    request.headers.add("inference-header-content-length", header_length);
  }
  return parse_kserve_request(request);
}

void expect_400(const std::string& body, const std::string& part,
                const std::string& header_length = "") {
  try {
    parse(body, header_length);
    ADD_FAILURE() << "accepted: " << body;
  } catch (const Error& error) {
    EXPECT_EQ(http::failure_of(std::make_exception_ptr(error)).status, 400);
    EXPECT_NE(std::string(error.what()).find(part), std::string::npos) << error.what();
  }
}

std::string with_tensor(const std::string& tensor) {
  return R"({"inputs": [{"name": "text", "datatype": "BYTES", )" + tensor + "}]}";
}

std::string in_bytes(const std::vector<std::string>& texts) {
  return bytes_tensor("", {}, texts).values;
}

TEST(KserveRequest, ReadsTextsFromJson) {
  const KserveRequest request =
      parse(R"({"id": "7", "inputs": [{"name": "text", "shape": [2], "datatype": "BYTES",
                "data": ["a", "ü"]}], "outputs": [{"name": "label"}]})");
  EXPECT_EQ(request.id, "7");
  EXPECT_EQ(request.input("text").texts, (std::vector<std::string>{"a", "ü"}));
  ASSERT_EQ(request.outputs.size(), 1u);
  EXPECT_EQ(request.outputs[0].name, "label");
  EXPECT_FALSE(request.outputs[0].is_binary);
  EXPECT_THROW(request.input("context"), http::HttpError);
}

TEST(KserveRequest, ReadsListsOfLists) {
  const KserveRequest request = parse(with_tensor(R"("shape": [2, 1], "data": [["a"], ["b"]])"));
  EXPECT_EQ(request.input("text").texts, (std::vector<std::string>{"a", "b"}));
  EXPECT_EQ(request.input("text").shape, (KserveShape{2, 1}));
}

TEST(KserveRequest, ReadsTextsBehindTheJson) {
  const std::string values = in_bytes({"a", "", "long text"});
  const std::string json =
      R"({"parameters": {"binary_data_output": true}, "inputs": [{"name": "text", "shape": [3],
          "datatype": "BYTES", "parameters": {"binary_data_size": )" +
      std::to_string(values.size()) + "}}]}";
  const KserveRequest request = parse(json + values, std::to_string(json.size()));
  EXPECT_EQ(request.input("text").texts, (std::vector<std::string>{"a", "", "long text"}));
  EXPECT_TRUE(request.is_binary_default);
}

TEST(KserveRequest, RefusesWhatIsWrong) {
  expect_400("{", "JSON");
  expect_400("[]", "object");
  expect_400("{}", "inputs");
  expect_400(R"({"inputs": [7]})", "objects");
  expect_400(R"({"inputs": [{"datatype": "BYTES"}]})", "name");
  expect_400(R"({"inputs": [{"name": "a", "datatype": "FP32", "shape": [1], "data": [1]}]})",
             "BYTES");
  expect_400(with_tensor(R"("data": ["a"])"), "shape");
  expect_400(with_tensor(R"("shape": ["1"], "data": ["a"])"), "whole numbers");
  expect_400(with_tensor(R"("shape": [-1], "data": ["a"])"), "negative");
  expect_400(with_tensor(R"("shape": [1025], "data": ["a"])"), "at most 1024");
  expect_400(with_tensor(R"("shape": [1000, 1000], "data": ["a"])"), "at most 1024");
  expect_400(with_tensor(R"("shape": [18446744073709551615], "data": ["a"])"), "whole numbers");
  expect_400(with_tensor(R"("shape": [2], "data": ["a"])"), "has 2 elements, but 1 came");
  expect_400(with_tensor(R"("shape": [0], "data": [])"), "empty");
  expect_400(with_tensor(R"("shape": [1], "data": [1])"), "strings");
  expect_400(with_tensor(R"("shape": [1])"), "neither");
  expect_400(with_tensor(R"("shape": [1], "data": [["a"]])"), "dimensions");
  expect_400(with_tensor(R"("shape": [1, 1, 1, 1, 1, 1, 1, 1, 1], "data": ["a"])"), "dimensions");
  const size_t deep = 1'000'000;
  expect_400(with_tensor(R"("shape": [1, 1], "data": )" + std::string(deep, '[') + "\"a\"" +
                         std::string(deep, ']')),
             "nests");
  expect_400(R"({"id": 7, "inputs": []})", "id");
  expect_400(R"({"inputs": [], "outputs": [7]})", "outputs");
  expect_400(R"({"inputs": [], "parameters": {"binary_data_output": 1}})", "binary_data_output");
}

TEST(KserveRequest, RefusesDamagedBinaryData) {
  const auto json_of = [](size_t size) {
    return with_tensor(R"("shape": [1], "parameters": {"binary_data_size": )" +
                       std::to_string(size) + "}");
  };
  const auto expect = [&](const std::string& values, size_t size, const std::string& part) {
    const std::string json = json_of(size);
    expect_400(json + values, part, std::to_string(json.size()));
  };
  expect("", 4, "more than the 0 bytes");
  expect(std::string("\2\0", 2), 2, "within a length");
  expect(std::string("\2\0\0\0a", 5), 5, "within a text");
  expect(std::string("\xff\xff\xff\xff"
                     "a",
                     5),
         5, "within a text");
  expect(std::string("\1\0\0\0\xff", 5), 5, "UTF-8");
  expect(in_bytes({"a"}) + "b", 5, "behind the last tensor");
  expect_400("{}", "Inference-Header-Content-Length", "3");
  expect_400("{}", "Inference-Header-Content-Length", "-1");
  expect_400("{}", "Inference-Header-Content-Length", "2x");
}

TEST(KserveResponse, WritesJson) {
  KserveRequest request;
  request.id = "a\"b";
  const std::vector<std::string> labels = {"good", "b\"d"};
  const std::vector<float> scores = {0.5F, 0.25F};
  const std::vector<KserveTensor> outputs = {bytes_tensor("label", {2}, labels),
                                             fp32_tensor("score", {2}, scores)};
  const http::Response response = kserve_response("sentiment", request, outputs);
  const Json body = parse_json(response.body, "the answer");
  EXPECT_EQ(body["id"], "a\"b");
  EXPECT_EQ(body["model_name"], "sentiment");
  EXPECT_EQ(body["outputs"][0]["data"], (Json{"good", "b\"d"}));
  EXPECT_EQ(body["outputs"][1]["data"], (Json{0.5, 0.25}));
  EXPECT_EQ(body["outputs"][1]["datatype"], "FP32");
  EXPECT_EQ(response.headers.count("Inference-Header-Content-Length"), 0u);
}

TEST(KserveResponse, WritesWhatWasAskedForInBinary) {
  KserveRequest request;
  request.outputs = {{"end", true}, {"label", false}};
  const std::vector<std::string> labels = {"good"};
  const std::vector<int64_t> ends = {258};
  const std::vector<KserveTensor> outputs = {bytes_tensor("label", {1}, labels),
                                             int64_tensor("end", {1}, ends)};
  const http::Response response = kserve_response("m", request, outputs);
  const size_t length =
      std::stoul(std::string(response.headers.get("Inference-Header-Content-Length")));
  const Json body = parse_json(response.body.substr(0, length), "the answer");
  EXPECT_EQ(body["outputs"][0]["parameters"]["binary_data_size"], 8);
  EXPECT_EQ(body["outputs"][1]["data"], Json{"good"});
  EXPECT_EQ(response.body.substr(length), std::string("\2\1\0\0\0\0\0\0", 8));

  request.outputs = {{"nothing", false}};
  EXPECT_THROW(kserve_response("m", request, outputs), http::HttpError);
}

TEST(KserveRequest, AsksForAnOutputOnce) {
  expect_400(R"({"inputs": [], "outputs": [{"name": "label"}, {"name": "score"},
                {"name": "label"}]})",
             "twice");
}

TEST(KserveTensor, IsNotTakenFromADamagedCache) {
  for (const std::string packed :
       {"", "[]x", "{\"a\": 1}\n", R"([{"name": "a"}])", R"([{"name": 1, "datatype": "FP32",
        "shape": [], "size": 0}])",
        "[{\"name\": \"a\", \"datatype\": \"FP32\", \"shape\": [1], \"size\": 4}]\nabc",
        "[{\"name\": \"a\", \"datatype\": \"FP32\", \"shape\": [1], \"size\": 3}]\nabc",
        "[{\"name\": \"a\", \"datatype\": \"INT64\", \"shape\": [1], \"size\": -1}]\nabc",
        "[{\"name\": \"a\", \"datatype\": \"FP16\", \"shape\": [1], \"size\": 2}]\nab"}) {
    EXPECT_THROW(unpack_tensors(packed), Error) << packed;
  }
}

TEST(KserveTensor, ComesBackFromACache) {
  const std::vector<std::string> texts = {"a\nb", ""};
  const std::vector<float> numbers = {1, 2, 3, 4};
  const std::vector<KserveTensor> tensors = {bytes_tensor("text", {2}, texts),
                                             fp32_tensor("numbers", {2, 2}, numbers)};
  const std::vector<KserveTensor> back = unpack_tensors(pack_tensors(tensors));
  ASSERT_EQ(back.size(), 2u);
  for (size_t i = 0; i < back.size(); ++i) {
    EXPECT_EQ(back[i].name, tensors[i].name);
    EXPECT_EQ(back[i].datatype, tensors[i].datatype);
    EXPECT_EQ(back[i].shape, tensors[i].shape);
    EXPECT_EQ(back[i].values, tensors[i].values);
  }
}

}  // namespace
}  // namespace jnlp
