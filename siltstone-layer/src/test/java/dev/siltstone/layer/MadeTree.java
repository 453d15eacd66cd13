package dev.siltstone.layer;

import static java.nio.charset.StandardCharsets.US_ASCII;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.SplittableRandom;
import java.util.TreeMap;

/// A tree of files in memory, as a source of a push; can be changed between pushes.
final class MadeTree implements TarSource {
    /// @param holes what of it has no blocks
    record File(byte[] data, List<Hole> holes) {}

    private final TreeMap<TarPath, File> files = new TreeMap<>();
    int opened;

    static MadeTree of(long seed, int files, int bytesMax) {
        MadeTree tree = new MadeTree();
        SplittableRandom random = new SplittableRandom(seed);
        for (int i = 0; i < files; i++) {
            tree.put("d%02d/file%05d".formatted(i % 17, i), random.nextInt(bytesMax), random);
        }
        return tree;
    }

    void put(String path, byte[] data, Hole... holes) {
        files.put(TarPath.of(path), new File(data, List.of(holes)));
    }

    void put(String path, int bytes, SplittableRandom random) {
        byte[] data = new byte[bytes];
        random.nextBytes(data);
        for (int i = 0; i < bytes; i += 2) {
            data[i] = 'x'; // so that it can be packed
        }
        put(path, data);
    }

    void remove(String path) {
        files.remove(TarPath.of(path));
    }

    Map<TarPath, File> files() {
        return files;
    }

    @Override
    public void writeTo(TarFramer framer) throws IOException {
        for (var file : files.entrySet()) {
            framer.entry(new Entry(file.getKey(), file.getValue()));
        }
    }

    /// Returns the tar that pushes of this must make.
    byte[] tar() {
        ByteArrayOutputStream tar = new ByteArrayOutputStream();
        files.forEach((path, file) -> {
            tar.writeBytes(header(path, file.data.length));
            tar.writeBytes(Arrays.copyOf(file.data, (file.data.length + 511) / 512 * 512));
        });
        tar.writeBytes(new byte[1024]);
        return tar.toByteArray();
    }

    static byte[] header(TarPath path, int size) {
        byte[] header = new byte[512];
        System.arraycopy(path.bytes(), 0, header, 0, path.bytes().length);
        put(header, 100, "0000644\0");
        put(header, 108, "0000000\0");
        put(header, 116, "0000000\0");
        put(header, 124, "%011o\0".formatted(size));
        put(header, 136, "00000000000\0");
        put(header, 148, "        ");
        header[156] = '0';
        put(header, 257, "ustar\00000");
        int sum = 0;
        for (byte each : header) {
            sum += each & 0xff;
        }
        put(header, 148, "%06o\0 ".formatted(sum));
        return header;
    }

    private static void put(byte[] header, int at, String text) {
        byte[] bytes = text.getBytes(US_ASCII);
        System.arraycopy(bytes, 0, header, at, bytes.length);
    }

    final class Entry implements PushedEntry {
        private final TarPath path;
        private final File file;

        Entry(TarPath path, File file) {
            this.path = path;
            this.file = file;
        }

        File file() {
            return file;
        }

        @Override
        public TarPath path() {
            return path;
        }

        @Override
        public int headerBytes() {
            return 512;
        }

        @Override
        public long dataBytes() {
            return file.data.length;
        }

        @Override
        public List<Hole> holes() {
            return file.holes;
        }

        @Override
        public void header(byte[] target, int start) {
            System.arraycopy(MadeTree.header(path, file.data.length), 0, target, start, 512);
        }

        @Override
        public TarContents open() {
            opened++;
            return new TarContents() {
                private int at;

                @Override
                public void read(byte[] target, int start, int length) {
                    System.arraycopy(file.data, at, target, start, length);
                    at += length;
                }

                @Override
                public void skip(long bytes) {
                    at += (int) bytes;
                }

                @Override
                public void close() {}
            };
        }
    }
}
