package dev.siltstone.server.http;

import dev.siltstone.stream.Command;
import java.nio.charset.StandardCharsets;

/// What a request is about: the path of its URL, understood.
sealed interface Target {
    /// Where streams live. A stream `a/b` is at `/v1/stream/a/b`.
    String STREAMS = "/v1/stream";

    /// First segment that the protocol keeps for subscriptions.
    String RESERVED_SEGMENT = "__ds";

    /// Of UTF-8.
    int BYTES_PER_CHAR_MAX = 3;

    /// One stream.
    ///
    /// @param path decoded, without a leading slash
    record Stream(String path) implements Target {}

    /// All streams, for listing.
    record Streams() implements Target {}

    /// Subscriptions and what belongs to them.
    record Subscriptions() implements Target {}

    /// How the server is.
    record Health() implements Target {}

    /// Nothing that is served here.
    record Unknown() implements Target {}

    /// Understands the path of a URL, still encoded.
    ///
    /// @throws BadRequestException if it names a stream in a way that is not allowed
    static Target parse(String rawPath) throws BadRequestException {
        if (rawPath.equals("/health")) {
            return new Health();
        }
        if (!rawPath.startsWith(STREAMS)) {
            return new Unknown();
        }
        String rest = rawPath.substring(STREAMS.length());
        if (rest.isEmpty() || rest.equals("/")) {
            return new Streams();
        }
        if (rest.charAt(0) != '/') {
            return new Unknown();
        }
        String path = PercentDecoding.path(rest.substring(1));
        if (path.equals(RESERVED_SEGMENT) || path.startsWith(RESERVED_SEGMENT + "/")) {
            return new Subscriptions();
        }
        check(path);
        return new Stream(path);
    }

    /// Understands the URL path that names the source of a fork.
    ///
    /// @return its path as in [Stream]
    static String parseSource(String rawPath) throws BadRequestException {
        if (parse(rawPath) instanceof Stream(String path)) {
            return path;
        }
        throw new BadRequestException(
                "bad_fork_source",
                "Stream-Forked-From must be the URL path of a stream of this server, like "
                        + STREAMS
                        + "/name");
    }

    private static void check(String path) throws BadRequestException {
        int bytes = path.length() * BYTES_PER_CHAR_MAX; // at most
        if (bytes > Command.PATH_BYTES_MAX) {
            bytes = path.getBytes(StandardCharsets.UTF_8).length;
        }
        if (bytes > Command.PATH_BYTES_MAX) {
            throw new BadRequestException(
                    "bad_path",
                    "a stream's path has at most "
                            + Command.PATH_BYTES_MAX
                            + " bytes, this one "
                            + bytes);
        }
        int segment = 0;
        for (int i = 0; i <= path.length(); i++) {
            if (i == path.length() || path.charAt(i) == '/') {
                checkSegment(path, segment, i);
                segment = i + 1;
            } else if (Character.isISOControl(path.charAt(i))) {
                throw new BadRequestException(
                        "bad_path", "a stream's path must not contain control characters");
            }
        }
    }

    private static void checkSegment(String path, int start, int end) throws BadRequestException {
        boolean dots = path.startsWith(".", start) && end - start == 1;
        dots |= path.startsWith("..", start) && end - start == 2;
        if (dots || start == end) {
            throw new BadRequestException(
                    "bad_path", "the segments of a stream's path must not be empty, '.' or '..'");
        }
    }
}
