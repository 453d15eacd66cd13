package dev.siltstone.layer.tar;

import dev.siltstone.io.posix.RawName;
import dev.siltstone.io.posix.Xattr;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;

/// How a tree says that names of the trees below it are gone: OverlayFS by the device 0:0 (or an empty file with the
/// attribute `overlay.whiteout`, in a directory whose `overlay.opaque` is `x`) and by directories whose
/// `overlay.opaque` is `y`; OCI layers by empty files called `.wh.NAME` and `.wh..wh..opq`.
public enum Whiteouts {
    /// As they are: devices, attributes and names are kept verbatim.
    KEEP,
    /// As OverlayFS has them.
    OVERLAY,
    /// As OCI layers have them.
    OCI;

    private static final byte[] PREFIX = RawName.of(".wh.");
    private static final byte[] OPAQUE_NAME = RawName.of(".wh..wh..opq");
    private static final List<byte[]> OPAQUE =
            List.of(RawName.of("trusted.overlay.opaque"), RawName.of("user.overlay.opaque"));
    private static final List<byte[]> WHITEOUT =
            List.of(RawName.of("trusted.overlay.whiteout"), RawName.of("user.overlay.whiteout"));

    /// Parses what a user says.
    ///
    /// @throws IllegalArgumentException if it is none of `keep`, `overlay`, `oci`
    public static Whiteouts parse(String text) {
        return switch (text.toLowerCase(Locale.ROOT)) {
            case "keep" -> KEEP;
            case "overlay" -> OVERLAY;
            case "oci" -> OCI;
            default ->
                    throw new IllegalArgumentException(
                            "whiteouts are \"keep\", \"overlay\" or \"oci\", not \"%s\""
                                    .formatted(text));
        };
    }

    /// Says whether OverlayFS takes the entry for a name that is gone.
    public static boolean isOverlayWhiteout(TarEntry entry) {
        boolean byAttribute =
                entry.type() == EntryType.FILE
                        && entry.bytes() == 0
                        && entry.xattrs().stream().anyMatch(x -> isOneOf(x, WHITEOUT));
        return entry.isWhiteout() || byAttribute;
    }

    /// Says whether OverlayFS takes the directory to hide all that lies below it.
    public static boolean isOverlayOpaque(TarEntry entry) {
        return entry.type() == EntryType.DIRECTORY
                && entry.xattrs().stream().anyMatch(x -> isOneOf(x, OPAQUE) && isValue(x, 'y'));
    }

    /// Says whether the name is one by which OCI layers say that something is gone.
    public static boolean isOciName(byte[] name) {
        return name.length >= PREFIX.length
                && Arrays.equals(name, 0, PREFIX.length, PREFIX, 0, PREFIX.length);
    }

    /// Says whether the entry makes its directory opaque in an OCI layer.
    public static boolean isOciOpaque(TarEntry entry) {
        return Arrays.equals(entry.name(), OPAQUE_NAME);
    }

    /// Returns the path of what an OCI whiteout says is gone.
    ///
    /// @throws TarException if it is `.wh.` alone, names a whiteout itself, or has content
    public static byte[] gone(TarEntry whiteout) throws TarException {
        byte[] name = whiteout.name();
        byte[] rest = Arrays.copyOfRange(name, PREFIX.length, name.length);
        boolean plain = whiteout.type() == EntryType.FILE && whiteout.bytes() == 0;
        if (rest.length == 0 || isOciName(rest) || isDots(rest) || !plain) {
            throw new TarException(
                    whiteout + ": no whiteout of an OCI layer, which is an empty file .wh.NAME");
        }
        return RawName.join(whiteout.parent(), rest);
    }

    private static boolean isDots(byte[] name) {
        return name[0] == '.' && (name.length == 1 || (name.length == 2 && name[1] == '.'));
    }

    /// Returns a directory and, if it was opaque, the file that says so in an OCI layer.
    public static List<TarEntry> opaqueToOci(TarEntry directory) {
        List<TarEntry> entries = new ArrayList<>();
        entries.add(directory.withXattrs(withoutOverlay(directory.xattrs())));
        if (isOverlayOpaque(directory)) {
            byte[] path = RawName.join(directory.path(), OPAQUE_NAME);
            entries.add(TarEntry.marker(path, EntryType.FILE));
        }
        return entries;
    }

    /// Returns the file that stands for an OverlayFS whiteout in an OCI layer.
    public static TarEntry whiteoutToOci(TarEntry whiteout) {
        byte[] name = whiteout.name();
        byte[] marked = Arrays.copyOf(PREFIX, PREFIX.length + name.length);
        System.arraycopy(name, 0, marked, PREFIX.length, name.length);
        return TarEntry.marker(RawName.join(whiteout.parent(), marked), EntryType.FILE);
    }

    /// Refuses a file that an OCI layer would take for a whiteout.
    ///
    /// @throws TarException if it is called so
    public static void refuseOciName(TarEntry entry) throws TarException {
        if (isOciName(entry.name())) {
            throw new TarException(
                    entry
                            + ": an OCI layer has no place for a name that begins with .wh.; rename it,"
                            + " or keep the tree in Siltstone's own form");
        }
    }

    /// Returns the device that stands for an OCI whiteout in OverlayFS.
    public static TarEntry whiteoutToOverlay(TarEntry whiteout) throws TarException {
        return TarEntry.marker(gone(whiteout), EntryType.CHARACTER_DEVICE);
    }

    /// Returns the attribute that makes a directory opaque in OverlayFS.
    ///
    /// @param trusted whether as root has it, not as mounted with `userxattr`
    public static Xattr opaqueAttribute(boolean trusted) {
        return new Xattr(OPAQUE.get(trusted ? 0 : 1), new byte[] {'y'});
    }

    private static List<Xattr> withoutOverlay(List<Xattr> attributes) {
        return attributes.stream().filter(x -> !isOneOf(x, OPAQUE)).toList();
    }

    private static boolean isOneOf(Xattr attribute, List<byte[]> names) {
        return names.stream().anyMatch(name -> Arrays.equals(name, attribute.name()));
    }

    private static boolean isValue(Xattr attribute, char value) {
        return attribute.value().length == 1 && attribute.value()[0] == value;
    }
}
