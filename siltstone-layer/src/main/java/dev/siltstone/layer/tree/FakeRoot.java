package dev.siltstone.layer.tree;

import static java.nio.charset.StandardCharsets.ISO_8859_1;
import static java.nio.charset.StandardCharsets.US_ASCII;

import dev.siltstone.io.posix.RawName;
import dev.siltstone.io.posix.Xattr;
import dev.siltstone.layer.tar.EntryType;
import dev.siltstone.layer.tar.TarEntry;
import java.io.IOException;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/// How a tree of root is kept by another user: what that user may not set is put aside in attributes of the file, and
/// read from there again.
///
/// | attribute                      | value                                                                         |
/// |--------------------------------|-------------------------------------------------------------------------------|
/// | `user.siltstone.original`      | `TYPE MODE USER GROUP MAJOR MINOR`: the tar's type flag, mode in octal, others decimal |
/// | `user.siltstone.xattr.<name>`  | of an attribute whose name space is not `user.`, nor an ACL                    |
///
/// Devices become empty files. Symbolic links and pipes hold no such attributes: what they lose is a warning.
final class FakeRoot {
    static final byte[] ORIGINAL = RawName.of("user.siltstone.original");
    private static final String ASIDE = "user.siltstone.xattr.";
    private static final Pattern FORM =
            Pattern.compile("([0-6]) ([0-7]{1,4}) (\\d{1,10}) (\\d{1,10}) (\\d{1,10}) (\\d{1,10})");

    private FakeRoot() {}

    /// Returns the attribute that says who an entry really is.
    static Xattr original(TarEntry entry) {
        String text =
                "%d %o %d %d %d %d"
                        .formatted(
                                entry.type().ordinal(),
                                entry.mode(),
                                entry.user(),
                                entry.group(),
                                entry.deviceMajor(),
                                entry.deviceMinor());
        return new Xattr(ORIGINAL, text.getBytes(US_ASCII));
    }

    /// Returns the attribute by which one is kept that this user may not set.
    static Xattr aside(Xattr attribute) {
        String name = ASIDE + new String(attribute.name(), ISO_8859_1);
        return new Xattr(name.getBytes(ISO_8859_1), attribute.value());
    }

    /// Returns an entry as it was before it was put aside; the same entry if nothing was.
    ///
    /// @throws IOException if what was put aside makes no sense
    static TarEntry restored(TarEntry entry) throws IOException {
        List<Xattr> attributes = new ArrayList<>();
        byte[] original = {};
        for (Xattr attribute : entry.xattrs()) {
            String name = new String(attribute.name(), ISO_8859_1);
            if (Arrays.equals(attribute.name(), ORIGINAL)) {
                original = attribute.value();
            } else if (name.startsWith(ASIDE)) {
                byte[] real = name.substring(ASIDE.length()).getBytes(ISO_8859_1);
                attributes.add(new Xattr(real, attribute.value()));
            } else {
                attributes.add(attribute);
            }
        }
        attributes.sort((a, b) -> Arrays.compareUnsigned(a.name(), b.name()));
        return original.length == 0
                ? entry.withXattrs(attributes)
                : withOriginal(entry, new String(original, ISO_8859_1), attributes);
    }

    private static TarEntry withOriginal(TarEntry entry, String original, List<Xattr> attributes)
            throws IOException {
        Matcher matcher = FORM.matcher(original);
        if (!matcher.matches()) {
            throw nonsense(entry, original);
        }
        try {
            EntryType type = EntryType.values()[Integer.parseInt(matcher.group(1))];
            boolean possible = type == entry.type() || (type.isDevice() && entry.bytes() == 0);
            if (!possible) {
                throw nonsense(entry, original);
            }
            return new TarEntry(
                    entry.path(),
                    type,
                    Integer.parseInt(matcher.group(2), 8),
                    Long.parseLong(matcher.group(3)),
                    Long.parseLong(matcher.group(4)),
                    entry.bytes(),
                    entry.modifiedSeconds(),
                    entry.modifiedNanos(),
                    entry.linkTarget(),
                    Integer.parseInt(matcher.group(5)),
                    Integer.parseInt(matcher.group(6)),
                    attributes);
        } catch (IllegalArgumentException e) {
            throw nonsense(entry, original);
        }
    }

    private static IOException nonsense(TarEntry entry, String original) {
        return new IOException(
                "%s: the attribute user.siltstone.original is no account of an owner: %s"
                        .formatted(entry, original));
    }
}
