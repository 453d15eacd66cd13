package dev.siltstone.objectstore.s3;

import static java.nio.charset.StandardCharsets.UTF_8;

import java.util.Map;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/// What a server answered.
///
/// @param headers by their names in lower case
/// @param body of at most [HttpConnection#ANSWER_BYTES_MAX]
/// @param last whether the connection ends with it
record HttpAnswer(int status, Map<String, String> headers, byte[] body, boolean last) {
    private static final Pattern CODE = Pattern.compile("<Code>([^<]*)</Code>");
    private static final Pattern MESSAGE = Pattern.compile("<Message>([^<]*)</Message>");

    /// Says whether it is about an error, though its status may be a success: S3 answers so when it found out late.
    boolean isError() {
        return status / 100 != 2 || text().contains("<Error>");
    }

    /// Returns S3's code of the error; empty if there is none.
    String code() {
        return find(CODE);
    }

    /// Returns what S3 says about the error; empty if it says nothing.
    String message() {
        return find(MESSAGE);
    }

    private String find(Pattern pattern) {
        Matcher matcher = pattern.matcher(text());
        return matcher.find() ? matcher.group(1) : "";
    }

    private String text() {
        return new String(body, UTF_8);
    }
}
