package dev.siltstone.layer.tar;

import java.util.Arrays;

/// Which paths of an archive are taken.
final class TarPaths {
    private static final int NAME_BYTES_MAX = 255;

    private TarPaths() {}

    /// Returns a path without faults ([#fault]) without leading `./` and closing `/`.
    static byte[] clean(byte[] raw) {
        int start = 0;
        while (start + 1 < raw.length && raw[start] == '.' && raw[start + 1] == '/') {
            start += 2;
            while (start < raw.length && raw[start] == '/') {
                start++;
            }
        }
        int end = raw.length;
        while (end > start && raw[end - 1] == '/') {
            end--;
        }
        if (end - start == 1 && raw[start] == '.') {
            end = start;
        }
        return Arrays.copyOfRange(raw, start, end);
    }

    /// Returns what is wrong with a raw path; empty if nothing is.
    static String fault(byte[] raw, TarLimits limits) {
        if (raw.length == 0) {
            return "an empty path";
        }
        if (raw[0] == '/') {
            return "an absolute path";
        }
        if (raw.length > limits.pathBytesMax()) {
            return "a path of %d bytes, more than %d".formatted(raw.length, limits.pathBytesMax());
        }
        return faultOfClean(clean(raw), limits.depthMax());
    }

    /// Says whether a path is as [#clean] leaves one without faults.
    static boolean isProper(byte[] path) {
        return (path.length == 0 || path[0] != '/')
                && faultOfClean(path, Integer.MAX_VALUE).isEmpty();
    }

    private static String faultOfClean(byte[] path, int depthMax) {
        int start = 0;
        int depth = 0;
        for (int at = 0; at <= path.length && path.length > 0; at++) {
            if (at == path.length || path[at] == '/') {
                String fault = faultOfName(path, start, at);
                if (!fault.isEmpty()) {
                    return fault;
                }
                start = at + 1;
                depth++;
            } else if (path[at] == 0) {
                return "a path with a zero byte";
            }
        }
        return depth > depthMax
                ? "a path %d directories deep, more than %d".formatted(depth, depthMax)
                : "";
    }

    private static String faultOfName(byte[] path, int start, int end) {
        int bytes = end - start;
        if (bytes == 0) {
            return "a path with an empty component";
        }
        if (bytes > NAME_BYTES_MAX) {
            return "a name of %d bytes, more than %d".formatted(bytes, NAME_BYTES_MAX);
        }
        if (path[start] == '.' && (bytes == 1 || (bytes == 2 && path[start + 1] == '.'))) {
            return "a path with the component " + (bytes == 1 ? "\".\"" : "\"..\"");
        }
        return "";
    }
}
