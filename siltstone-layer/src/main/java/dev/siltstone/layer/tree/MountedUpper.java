package dev.siltstone.layer.tree;

import static java.nio.charset.StandardCharsets.ISO_8859_1;

import dev.siltstone.io.posix.RawName;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/// Finds out whether a tree is the upper one of an overlay that is mounted now: whoever writes there while it is read
/// may leave it half changed.
public final class MountedUpper {
    private static final Path MOUNTS = Path.of("/proc/self/mountinfo");
    private static final Pattern UPPER = Pattern.compile("[ ,]upperdir=([^, ]*)");
    private static final Pattern ESCAPE = Pattern.compile("\\\\([0-7]{3})");

    private MountedUpper() {}

    /// Says whether an overlay that this process sees is mounted over the tree; false where nobody can tell.
    public static boolean is(Path tree) throws IOException {
        if (!Files.isReadable(MOUNTS)) {
            return false;
        }
        return isUpper(Files.readAllLines(MOUNTS, ISO_8859_1), RawName.of(tree.toRealPath()));
    }

    static boolean isUpper(List<String> mounts, byte[] tree) {
        String path = new String(tree, ISO_8859_1);
        for (String mount : mounts) {
            Matcher upper = UPPER.matcher(mount);
            if (mount.contains(" - overlay ") && upper.find()) {
                if (unescaped(upper.group(1)).equals(path)) {
                    return true;
                }
            }
        }
        return false;
    }

    private static String unescaped(String text) {
        return ESCAPE.matcher(text)
                .replaceAll(m ->
                        Matcher.quoteReplacement(
                                String.valueOf((char) Integer.parseInt(m.group(1), 8))));
    }
}
