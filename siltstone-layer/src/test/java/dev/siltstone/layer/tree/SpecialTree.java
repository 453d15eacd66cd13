package dev.siltstone.layer.tree;

import static java.nio.charset.StandardCharsets.UTF_8;

import dev.siltstone.io.posix.Descriptor;
import dev.siltstone.io.posix.DirectoryNames;
import dev.siltstone.io.posix.FileBytes;
import dev.siltstone.io.posix.FileOwnership;
import dev.siltstone.io.posix.FileType;
import dev.siltstone.io.posix.Identity;
import dev.siltstone.io.posix.RawName;
import dev.siltstone.io.posix.Xattr;
import dev.siltstone.io.posix.Xattrs;
import java.io.IOException;
import java.lang.foreign.Arena;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.file.Path;
import java.util.Arrays;

/// A tree with one of every odd kind that this user can make.
public final class SpecialTree {
    private SpecialTree() {}

    public static void make(Path directory) throws IOException {
        try (Descriptor root = Descriptor.openDirectory(directory)) {
            names(root);
            modesAndTimes(root);
            links(root);
            directories(root);
            attributes(root);
            DirectoryNames.makeSpecial(root, name("fifo"), FileType.FIFO, 0, 0);
            if (Identity.isRoot()) {
                ofRoot(root);
            }
            FileOwnership.setMode(root, 0750);
        }
        try (Descriptor parent = Descriptor.openDirectory(directory.getParent())) {
            byte[] name = name(directory.getFileName().toString());
            FileOwnership.setModified(parent, name, 1_600_000_000L, 123_456_789);
        }
    }

    static byte[] name(String text) {
        return RawName.of(text);
    }

    static void file(Descriptor directory, byte[] name, String text) throws IOException {
        try (Descriptor file = directory.createFile(name);
                Arena arena = Arena.ofConfined()) {
            byte[] bytes = text.getBytes(UTF_8);
            FileBytes.write(file, arena.allocateFrom(text).asSlice(0, bytes.length), 0);
        }
        FileOwnership.setMode(directory, name, 0644);
    }

    private static void names(Descriptor root) throws IOException {
        file(root, new byte[] {'c', 'a', 'f', (byte) 0xe9}, "latin");
        file(root, new byte[] {(byte) 0xff, (byte) 0xfe, (byte) 0x80}, "bad");
        for (String odd :
                new String[] {"é", "e\u0301", "new\nline", "back\\slash", " s ", "-dash"}) {
            file(root, name(odd), odd);
        }
        file(root, name("empty"), "");
        file(root, name(".wh.looks-like-a-whiteout"), "no");
        byte[] longest = new byte[255];
        Arrays.fill(longest, (byte) 'n');
        file(root, longest, "n");
    }

    private static void modesAndTimes(Descriptor root) throws IOException {
        for (int mode : new int[] {04755, 02755, 0, 0444}) {
            byte[] name = name("mode-%o".formatted(mode));
            file(root, name, "m");
            FileOwnership.setMode(root, name, mode);
        }
        file(root, name("before-1970"), "t");
        FileOwnership.setModified(root, name("before-1970"), -2, 499_999_999);
        file(root, name("after-2106"), "t");
        FileOwnership.setModified(root, name("after-2106"), 9_000_000_000L, 1);
    }

    private static void links(Descriptor root) throws IOException {
        file(root, name("hard-a"), "hard");
        DirectoryNames.link(root, name("hard-a"), root, name("hard-b"));
        DirectoryNames.makeSymlink(root, name("link-h1"), name("hard-a"));
        DirectoryNames.link(root, name("link-h1"), root, name("link-h2"));
        byte[] longest = new byte[4000];
        Arrays.fill(longest, (byte) 'y');
        DirectoryNames.makeSymlink(root, name("link-long"), longest);
        DirectoryNames.makeSymlink(root, name("link-out"), name("../../../not/there"));
        DirectoryNames.makeSymlink(root, name("link-bytes"), new byte[] {'t', (byte) 0xff});
        FileOwnership.setModified(root, name("link-bytes"), 77, 7);
    }

    private static void directories(Descriptor root) throws IOException {
        DirectoryNames.makeDirectory(root, name("sticky"));
        FileOwnership.setMode(root, name("sticky"), 01777);
        DirectoryNames.makeDirectory(root, name("setgid"));
        FileOwnership.setMode(root, name("setgid"), 02775);
        DirectoryNames.makeDirectory(root, name("read-only"));
        try (Descriptor inner = root.openDirectory(name("read-only"))) {
            file(inner, name("inner"), "inner");
            DirectoryNames.link(root, name("hard-a"), inner, name("hard-c"));
        }
        FileOwnership.setMode(root, name("read-only"), 0555);
        FileOwnership.setModified(root, name("read-only"), 1_500_000_000L, 5);
        try (Descriptor sparse = root.createFile(name("sparse"));
                Arena arena = Arena.ofConfined()) {
            FileBytes.write(sparse, arena.allocateFrom("head"), 0);
            FileBytes.write(sparse, arena.allocateFrom("middle"), 1 << 20);
            FileBytes.truncate(sparse, 3 << 20);
        }
    }

    private static void attributes(Descriptor root) throws IOException {
        file(root, name("xattr"), "x");
        byte[] all = new byte[256];
        for (int i = 0; i < all.length; i++) {
            all[i] = (byte) i;
        }
        set(root, "xattr", "user.empty", new byte[0]);
        set(root, "xattr", "user.bin", all);
        set(root, "xattr", "user.a=bé%3D", name("eq"));
        set(root, "read-only", "user.on-directory", name("d"));
        file(root, name("acl"), "a");
        set(root, "acl", "system.posix_acl_access", accessList());
        set(root, "setgid", "system.posix_acl_default", accessList());
    }

    private static void set(Descriptor root, String file, String attribute, byte[] value)
            throws IOException {
        Xattrs.set(root, name(file), new Xattr(name(attribute), value));
    }

    private static byte[] accessList() {
        int[][] entries = {{1, 6, -1}, {2, 4, 1234}, {4, 4, -1}, {16, 4, -1}, {32, 4, -1}};
        ByteBuffer list =
                ByteBuffer.allocate(4 + 8 * entries.length).order(ByteOrder.LITTLE_ENDIAN);
        list.putInt(2);
        for (int[] entry : entries) {
            list.putShort((short) entry[0]).putShort((short) entry[1]).putInt(entry[2]);
        }
        return list.array();
    }

    private static void ofRoot(Descriptor root) throws IOException {
        DirectoryNames.makeDirectory(root, name("locked"));
        try (Descriptor locked = root.openDirectory(name("locked"))) {
            file(locked, name("inner"), "inner");
        }
        FileOwnership.setMode(root, name("locked"), 0);
        DirectoryNames.makeSpecial(root, name("whiteout"), FileType.CHARACTER_DEVICE, 0, 0);
        DirectoryNames.makeSpecial(root, name("block"), FileType.BLOCK_DEVICE, 259, 70_000);
        file(root, name("owner"), "o");
        FileOwnership.setOwner(root, name("owner"), 4_000_000_000L, 3_000_000_000L);
        ByteBuffer capability = ByteBuffer.allocate(20).order(ByteOrder.LITTLE_ENDIAN);
        capability.putInt(0x02000001).putInt(0x2000);
        file(root, name("capable"), "c");
        FileOwnership.setOwner(root, name("capable"), 1234, 1234);
        FileOwnership.setMode(root, name("capable"), 06755);
        set(root, "capable", "security.capability", capability.array());
        DirectoryNames.makeDirectory(root, name("opaque"));
        set(root, "opaque", "trusted.overlay.opaque", name("y"));
        set(root, "link-out", "trusted.on-link", name("v"));
    }
}
