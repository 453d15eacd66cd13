package dev.siltstone.bench;

import static java.nio.charset.StandardCharsets.ISO_8859_1;

/// Says that a request was refused.
final class Refusal {
    private Refusal() {}

    static String of(Target target, byte[] request, int status) {
        String text = new String(request, ISO_8859_1);
        String line = text.substring(0, Math.max(0, text.indexOf(" HTTP/1.1")));
        return target.host() + " answered " + status + " to " + line;
    }
}
