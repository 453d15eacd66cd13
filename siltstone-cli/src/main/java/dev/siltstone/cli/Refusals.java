package dev.siltstone.cli;

import java.io.IOException;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.util.Map;

/// Turns a server's refusal into what the user gets to read, and an exit code. The only class of this
/// module that knows what HTTP's status codes mean.
final class Refusals {
    private static final int BODY_BYTES_MAX = 1 << 16;
    private static final int TEXT_LENGTH_MAX = 300;

    private Refusals() {}

    static boolean isRefusal(Reply reply) {
        return reply.status() < 200 || reply.status() > 299;
    }

    /// Says whether the server made something new, rather than finding it as asked for.
    static boolean isCreated(Reply reply) {
        return reply.status() == 201;
    }

    /// Says whether a producer's append had been there before.
    static boolean isDuplicate(Reply reply) {
        return reply.status() == 204;
    }

    static CommandFailure of(URI uri, Reply reply) {
        int status = reply.status();
        return new CommandFailure(
                exitCode(status, reply), uri + ": " + message(status, reply) + " (" + status + ")");
    }

    private static int exitCode(int status, Reply reply) {
        return switch (status) {
            case 404, 410 -> ExitCode.NOT_FOUND;
            case 409 -> ExitCode.CONFLICT;
            case 401 -> ExitCode.UNAUTHORIZED;
            case 403 ->
                    reply.header("Producer-Epoch").isPresent()
                            ? ExitCode.CONFLICT
                            : ExitCode.UNAUTHORIZED;
            case 429, 502, 503, 504, 507 -> ExitCode.UNAVAILABLE;
            default -> ExitCode.FAILURE;
        };
    }

    private static String message(int status, Reply reply) {
        String said = said(reply);
        if (!said.isEmpty()) {
            return said;
        }
        return switch (status) {
            case 401 -> "the server wants a token: --token or SILTSTONE_TOKEN";
            case 403 -> "forbidden";
            case 404 -> "there is no such stream";
            case 410 -> "the stream is gone";
            case 409 ->
                    reply.closed() ? "the stream is closed" : "conflict with the stream's state";
            case 413 -> "too large for this server; see --piece";
            case 503 -> "the server cannot do this now; try again";
            case 507 -> "the server's disk is full";
            default -> "refused";
        };
    }

    /// Returns the message of an error body as Siltstone sends it, or the text of any other.
    private static String said(Reply reply) {
        byte[] body;
        try {
            body = reply.body().readNBytes(BODY_BYTES_MAX);
        } catch (IOException e) {
            return "";
        }
        if (Json.read(body) instanceof Map<?, ?> object) {
            Object error = object.get("error");
            Object message = error instanceof Map<?, ?> inner ? inner.get("message") : error;
            if (message != null) {
                return message.toString();
            }
        }
        String text = new String(body, StandardCharsets.UTF_8).strip();
        boolean html = reply.contentType().startsWith("text/html");
        return html || text.length() > TEXT_LENGTH_MAX ? "" : text.replaceAll("\\s+", " ");
    }
}
