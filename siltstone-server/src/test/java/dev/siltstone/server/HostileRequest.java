package dev.siltstone.server;

import java.nio.charset.StandardCharsets;

/// One line of [HostileRequests]: what is sent over a connection, and what must come of it.
///
/// @param group heading under which it is listed
/// @param name what is wrong with it; unique
/// @param bytes as sent
/// @param hangUp whether the client says after them that nothing follows
/// @param status of the one answer; 0 if there must be none
/// @param says a piece of the answer's body
/// @param kept whether the connection takes a further request then; otherwise it ends
record HostileRequest(
        String group,
        String name,
        byte[] bytes,
        boolean hangUp,
        int status,
        String says,
        boolean kept) {
    private static final int SHOWN_CHARS_MAX = 150;
    private static final int SHOWN_RUN_MAX = 12;

    /// Returns the bytes as people can read them: what does not print is escaped, long runs and ends are
    /// cut.
    String shown() {
        var text = new StringBuilder();
        String sent = new String(bytes, StandardCharsets.ISO_8859_1);
        for (int i = 0; i < sent.length() && text.length() < SHOWN_CHARS_MAX; ) {
            int run = run(sent, i);
            text.append(escaped(sent.charAt(i)));
            if (run > SHOWN_RUN_MAX) {
                text.append("{").append(run).append(" times}");
                i += run;
            } else {
                i++;
            }
            if (text.length() >= SHOWN_CHARS_MAX && i < sent.length()) {
                text.append(" … ").append(sent.length()).append(" bytes");
            }
        }
        return text.toString();
    }

    private static int run(String text, int from) {
        int end = from;
        while (end < text.length() && text.charAt(end) == text.charAt(from)) {
            end++;
        }
        return end - from;
    }

    private static String escaped(char c) {
        return switch (c) {
            case '\r' -> "\\r";
            case '\n' -> "\\n";
            case '\t' -> "\\t";
            case '\\' -> "\\\\";
            default -> c < 0x20 || c > 0x7e ? "\\x%02x".formatted((int) c) : String.valueOf(c);
        };
    }

    @Override
    public String toString() {
        return group + ": " + name;
    }
}
