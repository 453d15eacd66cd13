package dev.siltstone.stream;

import java.nio.charset.StandardCharsets;
import java.util.Optional;

/// What must hold of [Offset#parse] for any text: what it takes is written the same way again.
public final class OffsetFuzz {
    private OffsetFuzz() {}

    /// Called by the fuzzer.
    public static void fuzzerTestOneInput(byte[] input) {
        String text = new String(input, StandardCharsets.UTF_8);
        Optional<Offset> offset = Offset.parse(text);
        boolean valid = text.matches("[0-9]{16}_[0-9]{16}");
        if (valid != offset.isPresent()) {
            throw new AssertionError((valid ? "refused: " : "taken: ") + text);
        }
        if (offset.isPresent() && !offset.get().toString().equals(text)) {
            throw new AssertionError(text + " became " + offset.get());
        }
    }
}
