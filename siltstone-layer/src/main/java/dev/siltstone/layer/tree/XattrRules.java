package dev.siltstone.layer.tree;

import static java.nio.charset.StandardCharsets.ISO_8859_1;

import dev.siltstone.io.posix.RawName;
import dev.siltstone.io.posix.Xattr;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;

/// Which extended attributes of a tree are kept. OverlayFS's own that mean nothing on another machine are dropped, as
/// are SELinux labels unless asked for; those by which an upper tree leans on its lower one are refused, since their
/// files lack content or have another name there. `overlay.overlay.*`, which escapes a nested overlay, is kept.
///
/// @param keepSelinux whether `security.selinux` is kept
public record XattrRules(boolean keepSelinux) {
    private static final Set<String> DROPPED = Set.of("origin", "impure", "nlink", "uuid", "upper");
    private static final Set<String> REFUSED = Set.of("redirect", "metacopy");

    /// Returns those of a file's attributes that are kept.
    ///
    /// @throws IOException if one of them says that the file is only half there
    List<Xattr> kept(byte[] path, List<Xattr> attributes) throws IOException {
        if (attributes.isEmpty()) {
            return attributes;
        }
        List<Xattr> kept = new ArrayList<>();
        for (Xattr attribute : attributes) {
            String name = new String(attribute.name(), ISO_8859_1);
            String overlay = ofOverlay(name);
            if (REFUSED.contains(overlay)) {
                throw new IOException(
                        "%s has %s: without the tree below it, it is not whole; copy the tree from where it is mounted, or mount with redirect_dir=off,metacopy=off"
                                .formatted(RawName.show(path), name));
            }
            boolean dropped =
                    DROPPED.contains(overlay) || (name.equals("security.selinux") && !keepSelinux);
            if (!dropped) {
                kept.add(attribute);
            }
        }
        return kept;
    }

    private static String ofOverlay(String name) {
        for (String prefix : List.of("trusted.overlay.", "user.overlay.")) {
            if (name.startsWith(prefix)) {
                return name.substring(prefix.length());
            }
        }
        return "";
    }
}
