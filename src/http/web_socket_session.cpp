#include "http/web_socket_session.h"

#include <boost/asio/post.hpp>
#include <boost/beast/core/flat_buffer.hpp>
#include <boost/beast/http/empty_body.hpp>
#include <boost/beast/http/message.hpp>
#include <boost/beast/websocket/stream.hpp>

#include "http/web_socket_channel.h"

namespace jnlp::http {
namespace {

namespace beast = boost::beast;
namespace ws = boost::beast::websocket;

constexpr int kBroken = 1006;

class WebSocketSession final : public IoClient,
                               public Link,
                               public std::enable_shared_from_this<WebSocketSession> {
 public:
  WebSocketSession(AnyStream stream, IoThread* io, std::shared_ptr<Exchange> exchange,
                   std::shared_ptr<WebSocketHandler> handler)
      : stream_(std::move(stream)),
        io_(io),
        exchange_(std::move(exchange)),
        context_(exchange_->context),
        handler_(std::move(handler)),
        channel_(std::make_shared<WebSocketChannel>(context_->options.web_socket_buffer_bytes)) {}

  void start() {
    place_ = io_->add(shared_from_this());
    ++context_->open_web_sockets;
    const ServerOptions& options = context_->options;
    stream_.set_option(
        ws::stream_base::timeout{options.header_timeout, options.web_socket_idle_timeout, true});
    stream_.set_option(ws::stream_base::decorator([this](ws::response_type& response) {
      response.set(beast::http::field::server, context_->options.server_name);
      response.set("x-request-id", exchange_->request.id);
      const std::string& protocol = context_->options.web_socket_protocol;
      if (!protocol.empty() &&
          list_has(exchange_->request.header("sec-websocket-protocol"), protocol)) {
        response.set(beast::http::field::sec_websocket_protocol, protocol);
      }
    }));
    stream_.read_message_max(options.max_message_bytes);
    stream_.auto_fragment(false);
    stream_.async_accept(handshake(), [self = shared_from_this()](const error_code& failed) {
      if (self->is_over_) return;
      if (failed) return self->finish(kBroken);
      self->channel_->attach(self.get());
      self->is_open_ = true;
      self->call([](WebSocketHandler& handler, const std::shared_ptr<WebSocket>& socket) {
        handler.on_open(socket);
      });
      if (self->context_->is_draining) self->drain();
    });
  }

  // Beast has its own time-outs, but for a client that never reads.
  void tick(Clock::time_point now) override {
    if (now > write_deadline_) cut();
  }

  void drain() override { channel_->close(static_cast<int>(ws::close_code::going_away), ""); }

  void cut() override {
    if (!is_over_) finish(kBroken);
  }

  void wake() override {
    asio::post(io_->context(), [self = shared_from_this()] { self->on_wake(); });
  }

 private:
  using Call = std::function<void(WebSocketHandler&, const std::shared_ptr<WebSocket>&)>;

  beast::http::request<beast::http::empty_body> handshake() const {
    const Request& request = exchange_->request;
    beast::http::request<beast::http::empty_body> out{beast::http::verb::get, request.target, 11};
    for (const auto& [name, value] : request.headers) out.insert(name, value);
    return out;
  }

  // Has the handler called on another thread; nothing is read until it has returned. The thread
  // holds the channel and the handler only, so that it may outlive this session.
  void call(Call function) {
    channel_->begin_call();
    context_->web_sockets.submit(
        [function = std::move(function), channel = channel_, handler = handler_] {
          bool failed = false;
          try {
            function(*handler, channel);
          } catch (...) {
            failed = true;
          }
          channel->end_call(failed);
        });
  }

  void on_wake() {
    if (is_over_) return;
    if (channel_->take_returned() && !is_closing_) read();
    write();
  }

  void read() {
    stream_.async_read(buffer_, [self = shared_from_this()](const error_code& failed, size_t) {
      if (!self->is_over_) self->on_read(failed);
    });
  }

  void on_read(const error_code& failed) {
    if (failed) {
      // While we close, async_close tells the end.
      if (!is_closing_) finish(failed == ws::error::closed ? int{stream_.reason().code} : kBroken);
      return;
    }
    const auto bytes = buffer_.cdata();
    std::string message(static_cast<const char*>(bytes.data()), bytes.size());
    buffer_.consume(bytes.size());
    call([message = std::move(message), is_binary = stream_.got_binary()](
             WebSocketHandler& handler, const std::shared_ptr<WebSocket>& socket) mutable {
      handler.on_message(socket, std::move(message), is_binary);
    });
  }

  void write() {
    if (is_writing_ || is_closing_) return;
    auto message = channel_->next();
    if (!message) {
      if (const auto wanted = channel_->close_wanted()) close(*wanted);
      return;
    }
    is_writing_ = true;
    write_deadline_ = Clock::now() + context_->options.write_timeout;
    out_ = std::move(message->text);
    stream_.binary(message->is_binary);
    stream_.async_write(asio::buffer(out_),
                        [self = shared_from_this()](const error_code& failed, size_t) {
                          if (!self->is_over_) self->on_written(failed);
                        });
  }

  void on_written(const error_code& failed) {
    is_writing_ = false;
    write_deadline_ = Clock::time_point::max();
    bytes_sent_ += out_.size();
    channel_->sent(out_.size());
    if (failed) return finish(kBroken);
    write();
  }

  void close(const WebSocketChannel::Close& wanted) {
    is_closing_ = true;
    write_deadline_ = Clock::now() + context_->options.write_timeout;
    const ws::close_reason reason(static_cast<ws::close_code>(wanted.code), wanted.reason);
    stream_.async_close(reason, [self = shared_from_this(), code = wanted.code](const error_code&) {
      if (!self->is_over_) self->finish(code);
    });
  }

  void finish(int code) {
    is_over_ = true;
    exchange_->request.gone->store(true, std::memory_order_relaxed);
    channel_->detach();
    stream_.next_layer().close();
    if (is_open_) call_on_close(code);
    record();
    --context_->open_web_sockets;
    --context_->connections;
    io_->remove(place_);
  }

  void call_on_close(int code) {
    const std::function<void()> call = [handler = handler_, code] {
      try {
        handler->on_close(code);
      } catch (...) {  // nobody is left to be told
      }
    };
    if (!channel_->call_last(call)) context_->web_sockets.submit(call);
  }

  void record() const {
    if (!context_->options.on_access) return;
    const auto duration = Clock::now() - exchange_->request.arrival;
    try {
      context_->options.on_access({exchange_->request, 101, bytes_sent_,
                                   std::chrono::duration_cast<std::chrono::microseconds>(duration),
                                   ""});
    } catch (...) {  // a log that fails must not cost the server
    }
  }

  ws::stream<AnyStream, false> stream_;
  IoThread* const io_;
  const std::shared_ptr<Exchange> exchange_;
  const std::shared_ptr<Context> context_;
  const std::shared_ptr<WebSocketHandler> handler_;
  const std::shared_ptr<WebSocketChannel> channel_;
  IoThread::Clients::iterator place_{};
  beast::flat_buffer buffer_;
  std::string out_;
  uint64_t bytes_sent_ = 0;
  Clock::time_point write_deadline_ = Clock::time_point::max();
  bool is_open_ = false;
  bool is_writing_ = false;
  bool is_closing_ = false;
  bool is_over_ = false;
};

}  // namespace

bool is_web_socket_upgrade(const Request& request) {
  return request.method == "GET" && request.minor_version == 1 &&
         list_has(request.header("connection"), "upgrade") &&
         list_has(request.header("upgrade"), "websocket") &&
         request.header("sec-websocket-version") == "13" &&
         !request.header("sec-websocket-key").empty();
}

void start_web_socket(AnyStream stream, IoThread* io, std::shared_ptr<Exchange> exchange,
                      std::shared_ptr<WebSocketHandler> handler) {
  std::make_shared<WebSocketSession>(std::move(stream), io, std::move(exchange), std::move(handler))
      ->start();
}

}  // namespace jnlp::http
