package dev.siltstone.io;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.HexFormat;
import java.util.List;
import java.util.SplittableRandom;
import java.util.stream.Stream;

/// Feeds a parser with a corpus and with inputs made from it by small changes: bits, bytes, cuts, repeats,
/// pieces of other inputs.
///
/// The rounds of the default build take a second. `-Dsiltstone.fuzz.rounds=N` makes N of them,
/// `-Dsiltstone.fuzz.seed=S` others. `bench/fuzz` runs the same targets guided by coverage.
///
/// Not thread-safe.
public final class Mutants {
    private static final int LENGTH_MAX = 1 << 16;
    private static final int CHANGES_MAX = 6;

    /// Bytes at which parsers decide.
    private static final byte[] SPECIAL =
            "\0\1\t\n\r !\"#%&'()*+,-./0159:;<=>?@AZ[\\]_`az{|}~\u007f\u0080\u00bf\u00c0\u00e2\u00ed\u00f4\u00ff"
                    .getBytes(StandardCharsets.ISO_8859_1);

    private static final long[] NUMBERS = {
        0,
        1,
        -1,
        127,
        128,
        255,
        256,
        65_535,
        65_536,
        Integer.MAX_VALUE,
        Integer.MIN_VALUE,
        1L << 53,
        Long.MAX_VALUE,
        Long.MIN_VALUE
    };

    /// What is fed. Whatever it throws is a finding.
    public interface Target {
        void consume(byte[] input) throws Exception;
    }

    private final List<byte[]> corpus;
    private final SplittableRandom random;

    private Mutants(List<byte[]> corpus, long seed) {
        this.corpus = corpus;
        this.random = new SplittableRandom(seed);
    }

    /// Reads a corpus of this module, one input per file.
    ///
    /// @param name a directory of `src/test/resources/fuzz`
    public static List<byte[]> corpus(String name) throws IOException {
        try (Stream<Path> files = Files.list(Path.of("src/test/resources/fuzz", name))) {
            List<Path> sorted = files.sorted().toList();
            byte[][] inputs = new byte[sorted.size()][];
            for (int i = 0; i < inputs.length; i++) {
                inputs[i] = Files.readAllBytes(sorted.get(i));
            }
            return List.of(inputs);
        }
    }

    /// Feeds `target` with every input of `corpus`, then with changed ones.
    ///
    /// @param rounds how many changed ones, unless a property says otherwise
    public static void feed(List<byte[]> corpus, int rounds, Target target) {
        Integer more = Integer.getInteger("siltstone.fuzz.rounds");
        long seed = Long.getLong("siltstone.fuzz.seed", 1);
        for (byte[] input : corpus) {
            consume(target, input, "an input of the corpus");
        }
        var mutants = new Mutants(corpus, seed);
        for (int i = 0; i < (more == null ? rounds : more); i++) {
            consume(target, mutants.next(), "input " + i + " of -Dsiltstone.fuzz.seed=" + seed);
        }
    }

    private static void consume(Target target, byte[] input, String which) {
        try {
            target.consume(input.clone());
        } catch (Exception | AssertionError | StackOverflowError e) {
            String hex = HexFormat.of().formatHex(input, 0, Math.min(input.length, 4096));
            String text = new String(input, StandardCharsets.ISO_8859_1);
            throw new AssertionError(which + ", " + hex + "\n" + text, e);
        }
    }

    private byte[] next() {
        byte[] input = any().clone();
        for (int changes = random.nextInt(CHANGES_MAX) + 1; changes > 0; changes--) {
            input = changed(input);
        }
        return input.length <= LENGTH_MAX ? input : Arrays.copyOf(input, LENGTH_MAX);
    }

    private byte[] any() {
        return corpus.get(random.nextInt(corpus.size()));
    }

    private byte[] changed(byte[] input) {
        int at = random.nextInt(input.length + 1);
        int to = at + random.nextInt(Math.min(input.length - at, 64) + 1);
        return switch (random.nextInt(9)) {
            case 0 -> flipped(input);
            case 1 -> spliced(input, at, at, special());
            case 2 -> spliced(input, at, Math.min(at + 1, input.length), special());
            case 3 -> spliced(input, at, to, new byte[0]);
            case 4 -> Arrays.copyOf(input, at);
            case 5 -> spliced(input, to, to, repeated(Arrays.copyOfRange(input, at, to)));
            case 6 -> {
                byte[] other = any();
                int from = random.nextInt(other.length + 1);
                int end = from + random.nextInt(Math.min(other.length - from, 256) + 1);
                yield spliced(input, at, to, Arrays.copyOfRange(other, from, end));
            }
            case 7 -> {
                String number = Long.toString(NUMBERS[random.nextInt(NUMBERS.length)]);
                yield spliced(input, at, to, number.getBytes(StandardCharsets.US_ASCII));
            }
            default -> numbered(input, at);
        };
    }

    private byte[] flipped(byte[] input) {
        if (input.length > 0) {
            input[random.nextInt(input.length)] ^= (byte) (1 << random.nextInt(8));
        }
        return input;
    }

    private byte[] special() {
        return new byte[] {SPECIAL[random.nextInt(SPECIAL.length)]};
    }

    private byte[] repeated(byte[] part) {
        int times = 1 << random.nextInt(8);
        byte[] all = new byte[part.length * times];
        for (int i = 0; i < times; i++) {
            System.arraycopy(part, 0, all, i * part.length, part.length);
        }
        return all;
    }

    /// Writes a number over what is there, big end first.
    private byte[] numbered(byte[] input, int at) {
        long number = NUMBERS[random.nextInt(NUMBERS.length)];
        int width = Math.min(1 << random.nextInt(4), input.length - at);
        for (int i = 0; i < width; i++) {
            input[at + i] = (byte) (number >> (8 * (width - 1 - i)));
        }
        return input;
    }

    private static byte[] spliced(byte[] input, int from, int to, byte[] middle) {
        byte[] all = new byte[from + middle.length + input.length - to];
        System.arraycopy(input, 0, all, 0, from);
        System.arraycopy(middle, 0, all, from, middle.length);
        System.arraycopy(input, to, all, from + middle.length, input.length - to);
        return all;
    }
}
