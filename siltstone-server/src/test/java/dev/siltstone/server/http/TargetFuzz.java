package dev.siltstone.server.http;

import dev.siltstone.stream.Command;
import java.nio.charset.StandardCharsets;

/// What must hold of paths and queries for any text: they are refused as a bad request, or name what
/// listings and answers can spell.
public final class TargetFuzz {
    private TargetFuzz() {}

    /// Called by the fuzzer.
    public static void fuzzerTestOneInput(byte[] input) {
        String text = new String(input, StandardCharsets.ISO_8859_1);
        int question = text.indexOf('?');
        String path = question < 0 ? text : text.substring(0, question);
        try {
            if (Target.parse(path) instanceof Target.Stream(String stream)) {
                check(stream);
            }
        } catch (BadRequestException e) {
            checkMessage(e.message());
        }
        try {
            Query.parse(question < 0 ? "" : text.substring(question + 1));
        } catch (BadRequestException e) {
            checkMessage(e.message());
        }
        MediaTypeSyntax.isValid(text);
        Cursors.parse(text);
    }

    private static void check(String stream) {
        int bytes = stream.getBytes(StandardCharsets.UTF_8).length;
        boolean fits =
                bytes >= 1
                        && bytes <= Command.PATH_BYTES_MAX
                        && stream.chars().noneMatch(Character::isISOControl)
                        && !("/" + stream + "/").matches("(?s).*/\\.{0,2}/.*")
                        && !stream.startsWith("__ds/");
        if (!fits) {
            throw new AssertionError("a stream '" + stream + "'");
        }
    }

    private static void checkMessage(String message) {
        if (message.chars().anyMatch(c -> c < ' ' || c > '~')) {
            throw new AssertionError("a message that echoes '" + message + "'");
        }
    }
}
