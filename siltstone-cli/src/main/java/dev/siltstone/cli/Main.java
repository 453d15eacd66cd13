package dev.siltstone.cli;

import java.io.BufferedOutputStream;
import java.io.FileDescriptor;
import java.io.FileOutputStream;

/// Where the program starts: the one place that knows the process's streams and environment.
final class Main {
    private static final int BUFFER_BYTES = 1 << 16;

    private Main() {}

    public static void main(String[] args) {
        FileOutputStream out = new FileOutputStream(FileDescriptor.out);
        Console console =
                new Console(
                        System.in,
                        new BufferedOutputStream(new StandardOutput(out), BUFFER_BYTES),
                        System.err,
                        System.getenv(),
                        Thread::sleep);
        System.exit(Siltstone.commandLine(console, args).execute(args));
    }
}
