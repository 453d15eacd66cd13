package dev.siltstone.cli;

import java.io.InputStream;
import java.io.OutputStream;
import java.io.PrintStream;
import java.util.Map;

/// What a command has of the world outside: its three streams, its environment, and a way to wait.
///
/// @param in bytes
/// @param out bytes; buffered, so flush it whenever somebody may wait for them
/// @param err messages
/// @param environment variables by name
/// @param pause how to wait before trying again
record Console(
        InputStream in,
        OutputStream out,
        PrintStream err,
        Map<String, String> environment,
        Pause pause) {

    /// Waits.
    @FunctionalInterface
    interface Pause {
        void millis(long millis) throws InterruptedException;
    }

    /// Prints one message, marked as this program's.
    void say(String message) {
        err.println("siltstone: " + message);
    }
}
