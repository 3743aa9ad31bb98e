// Downloads over TLS, from a hub whose certificate comes from an authority that only the test
// knows.
#include <gtest/gtest.h>

#include <cstdlib>
#include <fstream>

#include "base/file.h"
#include "hub/hub_fixture.h"

namespace jnlp {
namespace {

namespace fs = std::filesystem;

constexpr const char* kId = "org/small";

class Tls : public testing::Test {
 protected:
  void SetUp() override {
    if (std::system("openssl version > /dev/null 2>&1") != 0) {
      GTEST_SKIP() << "the openssl program, which makes the test's certificates, is not there";
    }
    for (const char* name : {"https_proxy", "HTTPS_PROXY", "all_proxy", "ALL_PROXY",
                             "CURL_CA_BUNDLE", "SSL_CERT_FILE", "REQUESTS_CA_BUNDLE"}) {
      ::unsetenv(name);
    }
    make_authority("authority");
    make_certificate("hub", "authority", "IP:127.0.0.1");
  }

  fs::path file(const std::string& name) const { return dir_.path() / name; }

  // Runs openssl in the test's folder, with a small key so that it takes no time.
  void openssl(const std::string& arguments) const {
    const std::string line = "cd " + dir_.path().string() + " && openssl " + arguments + " 2> log";
    ASSERT_EQ(std::system(line.c_str()), 0) << arguments << "\n" << read_file(file("log"));
  }

  void make_authority(const std::string& name) const {
    openssl("req -x509 " + std::string(kNewKey) + " -days 2 -subj /CN=" + name + " -keyout " +
            name + ".key -out " + name + ".pem");
  }

  // <name>.pem: a certificate for `host` that the authority has signed, and its key.
  void make_certificate(const std::string& name, const std::string& authority,
                        const std::string& host) const {
    write_file(file("extensions"), "subjectAltName=" + host + "\n");
    openssl("req " + std::string(kNewKey) + " -subj /CN=hub -keyout hub.key -out hub.csr");
    openssl("x509 -req -days 2 -in hub.csr -extfile extensions -CAcreateserial -CA " + authority +
            ".pem -CAkey " + authority + ".key -out hub.crt");
    write_file(file(name + ".pem"), read_file(file("hub.crt")) + read_file(file("hub.key")));
  }

  // Pulls from a hub with this certificate, with the settings of the environment.
  PullResult pull(const std::string& certificate, const Json& fault = nullptr) const {
    const test::HubServer server(file(certificate + ".pem"));
    Json model = test::small_model();
    if (!fault.is_null()) model["faults"] = Json::array({fault});
    server.set_model(kId, model);
    HubConfig config = test::fast_config(server, file("cache"));
    config.ca_file = HubConfig::from_environment().ca_file;
    return pull_model(parse_model_name(kId), config, {});
  }

  test::TemporaryDir dir_;

 private:
  static constexpr const char* kNewKey = "-newkey ec -pkeyopt ec_paramgen_curve:prime256v1 -nodes";
};

TEST_F(Tls, CurlCaBundleNamesTheAuthority) {
  ::setenv("CURL_CA_BUNDLE", file("authority.pem").c_str(), 1);
  const PullResult result = pull("hub");
  EXPECT_EQ(fs::file_size(result.path / "model.safetensors"), 200'000U);
}

TEST_F(Tls, UnknownAuthorityIsRefused) {
  EXPECT_ERROR(pull("hub"), ErrorCode::io, "CURL_CA_BUNDLE");
  make_authority("stranger");
  ::setenv("CURL_CA_BUNDLE", file("stranger.pem").c_str(), 1);
  EXPECT_ERROR(pull("hub"), ErrorCode::io, "certificate");
  EXPECT_FALSE(fs::exists(file("cache/models--org--small/snapshots")));
}

TEST_F(Tls, CertificateOfAnotherHostIsRefused) {
  make_certificate("other", "authority", "DNS:hub.example");
  ::setenv("CURL_CA_BUNDLE", file("authority.pem").c_str(), 1);
  EXPECT_ERROR(pull("other"), ErrorCode::io, "CURL_CA_BUNDLE");
}

TEST_F(Tls, BundleThatIsNotThereIsNamed) {
  ::setenv("CURL_CA_BUNDLE", file("missing.pem").c_str(), 1);
  EXPECT_ERROR(pull("hub"), ErrorCode::io, "missing.pem");
}

TEST_F(Tls, RedirectToPlainHttpIsNotFollowed) {
  ::setenv("CURL_CA_BUNDLE", file("authority.pem").c_str(), 1);
  const Json fault = {{"at", "file"},
                      {"path", "model.safetensors"},
                      {"do", "redirect"},
                      {"to", "http://127.0.0.1:1/weights"}};
  EXPECT_ERROR(pull("hub", fault), ErrorCode::io, "not followed");
}

}  // namespace
}  // namespace jnlp
