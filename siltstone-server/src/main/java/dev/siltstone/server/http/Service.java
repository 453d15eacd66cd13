package dev.siltstone.server.http;

import dev.siltstone.stream.Command;
import dev.siltstone.stream.Found;
import dev.siltstone.stream.InvalidJsonException;
import dev.siltstone.stream.StreamLog;
import dev.siltstone.stream.StreamReader;
import io.netty.handler.codec.http.HttpHeaderNames;
import io.netty.handler.codec.http.HttpMethod;
import java.nio.ByteBuffer;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/// Decides what is done with a request.
///
/// Runs on the event loop of the exchange.
final class Service {
    private static final Logger LOGGER = LoggerFactory.getLogger(Service.class);

    /// Longer bodies are checked by a worker, so that no loop is held up.
    private static final int CHECKED_ON_LOOP_BYTES_MAX = 64 << 10;

    private static final String STREAM_METHODS = "GET, HEAD, PUT, POST, DELETE, OPTIONS";
    private static final String READING_METHODS = "GET, HEAD, OPTIONS";
    private static final int LISTING_DEFAULT = 100;

    private Service() {}

    /// Says why a request is refused whatever its body is.
    ///
    /// @return `null` if it is not
    static @Nullable Reply refuse(Request request, Access access) {
        if (request.method().equals(HttpMethod.OPTIONS)
                || request.target() instanceof Target.Health) {
            return null;
        }
        return access.allows(request.headers().get(HttpHeaderNames.AUTHORIZATION))
                ? null
                : Replies.unauthorized();
    }

    /// Says whether the body of such a request means anything.
    static boolean usesBody(Request request) {
        return request.method().equals(HttpMethod.POST) || request.method().equals(HttpMethod.PUT);
    }

    /// Answers a request that has arrived in full, now or later.
    static void handle(Exchange exchange) {
        Request request = exchange.request();
        if (request.method().equals(HttpMethod.OPTIONS)) {
            exchange.reply(Replies.preflight());
            return;
        }
        switch (request.target()) {
            case Target.Stream(String path) -> stream(exchange, path);
            case Target.Streams() -> listing(exchange);
            case Target.Subscriptions() -> exchange.reply(Replies.noSubscriptions());
            case Target.Health() -> health(exchange);
            case Target.Unknown() -> exchange.reply(Replies.nothingHere());
        }
    }

    private static void stream(Exchange exchange, String path) {
        switch (exchange.request().method().name()) {
            case "GET" -> Reads.get(exchange, path);
            case "HEAD" -> Reads.head(exchange, path);
            case "PUT" -> create(exchange, path);
            case "POST" ->
                    write(
                            exchange,
                            body -> CommandReader.append(exchange.request(), path, body),
                            path);
            case "DELETE" -> exchange.submit(new Command.Delete(path));
            default -> exchange.reply(Replies.methodNotAllowed(STREAM_METHODS));
        }
    }

    /// How a body becomes a command.
    @FunctionalInterface
    private interface Reading {
        Command command(ByteBuffer body) throws BadRequestException, InvalidJsonException;
    }

    private static void write(Exchange exchange, Reading reading, String path) {
        ByteBuffer body = exchange.body().content();
        if (body.remaining() <= CHECKED_ON_LOOP_BYTES_MAX) {
            step(exchange, reading, path, body).run();
            return;
        }
        boolean accepted =
                exchange.loop()
                        .shared()
                        .workers()
                        .submit(() -> {
                            Runnable next = step(exchange, reading, path, body);
                            boolean _ = exchange.loop().run(next);
                        });
        if (!accepted) {
            exchange.reply(Replies.busy("the server has as many requests to check as it takes"));
        }
    }

    /// Checks a body, on any thread, and returns what the loop does then.
    private static Runnable step(Exchange exchange, Reading reading, String path, ByteBuffer body) {
        try {
            Command command = reading.command(body);
            return () -> {
                if (!exchange.isOver()) {
                    exchange.submit(command);
                }
            };
        } catch (BadRequestException e) {
            return () -> exchange.reply(Replies.badRequest(e));
        } catch (InvalidJsonException e) {
            String message = "the body must be JSON: " + e.getMessage();
            return () -> refuseJson(exchange, path, message);
        } catch (RuntimeException e) {
            LOGGER.error("a request fails because of a mistake in this program", e);
            return () -> exchange.reply(Replies.internalError());
        }
    }

    /// What speaks against an append whatever its content is goes first, as if the content had been
    /// looked at last.
    private static void refuseJson(Exchange exchange, String path, String message) {
        if (exchange.isOver()) {
            return;
        }
        if (!exchange.request().method().equals(HttpMethod.POST)) {
            exchange.reply(Replies.badRequest("invalid_json", message));
            return;
        }
        Finding.find(
                exchange,
                path,
                found -> {
                    if (!(found instanceof Found.Stream(StreamReader reader))) {
                        exchange.reply(Replies.absent(found));
                        return;
                    }
                    Reply other = Replies.unfitForJson(reader.info());
                    exchange.reply(
                            other == null ? Replies.badRequest("invalid_json", message) : other);
                });
    }

    /// A fork that names no content type has that of its source, which must be known to read its content.
    private static void create(Exchange exchange, String path) {
        String source;
        try {
            source = CommandReader.forkSource(exchange.request());
        } catch (BadRequestException e) {
            exchange.reply(Replies.badRequest(e));
            return;
        }
        if (source == null) {
            create(exchange, path, null);
            return;
        }
        Finding.find(
                exchange,
                source,
                found ->
                        create(
                                exchange,
                                path,
                                found instanceof Found.Stream(StreamReader reader)
                                        ? reader.info().contentType()
                                        : null));
    }

    private static void create(Exchange exchange, String path, @Nullable String sourceType) {
        write(
                exchange,
                body -> CommandReader.create(exchange.request(), path, body, sourceType),
                path);
    }

    private static void listing(Exchange exchange) {
        Request request = exchange.request();
        if (!isRead(request)) {
            exchange.reply(Replies.methodNotAllowed(READING_METHODS));
            return;
        }
        try {
            Query query = request.query();
            String prefix = query.prefix() == null ? "" : query.prefix();
            int limit = limit(query.limit());
            Finding.list(exchange, prefix, query.after(), limit);
        } catch (BadRequestException e) {
            exchange.reply(Replies.badRequest(e));
        }
    }

    private static int limit(@Nullable String text) throws BadRequestException {
        if (text == null) {
            return LISTING_DEFAULT;
        }
        if (text.matches("[1-9][0-9]{0,3}") && Integer.parseInt(text) <= StreamLog.LISTING_MAX) {
            return Integer.parseInt(text);
        }
        throw new BadRequestException(
                "bad_limit", "limit must be an integer from 1 to " + StreamLog.LISTING_MAX);
    }

    private static void health(Exchange exchange) {
        if (!isRead(exchange.request())) {
            exchange.reply(Replies.methodNotAllowed(READING_METHODS));
            return;
        }
        Shared shared = exchange.loop().shared();
        exchange.reply(
                Replies.health(shared.version(), shared.log().noSpace(), shared.log().failure()));
    }

    private static boolean isRead(Request request) {
        return request.isHead() || request.method().equals(HttpMethod.GET);
    }
}
