package dev.siltstone.system;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;

/// The Node side of the tests: scripts and locked packages of `src/test/node`, installed below `target`.
/// Installs once; a change of the lock file installs anew.
public final class NodePackages {
    private static final Path SOURCE = Path.of("src", "test", "node");
    private static final Path TARGET = Path.of("target", "node");
    private static final Path INSTALLED = TARGET.resolve("installed-lock.json");

    private NodePackages() {}

    /// Returns the directory with everything in it.
    ///
    /// @throws AssertionError if Node or npm is missing, or the packages cannot be had
    public static synchronized Path install() throws IOException, InterruptedException {
        requireNode();
        Files.createDirectories(TARGET);
        try (Stream<Path> files = Files.list(SOURCE)) {
            for (Path file : files.toList()) {
                Path copy = TARGET.resolve(file.getFileName());
                Files.copy(file, copy, StandardCopyOption.REPLACE_EXISTING);
            }
        }
        Path lock = TARGET.resolve("package-lock.json");
        if (!Files.exists(INSTALLED) || Files.mismatch(lock, INSTALLED) != -1) {
            npmCi();
            Files.copy(lock, INSTALLED, StandardCopyOption.REPLACE_EXISTING);
        }
        return TARGET;
    }

    private static void requireNode() throws InterruptedException {
        try {
            Program.Result version =
                    Program.run(new ProcessBuilder("node", "--version"), new byte[0]);
            int major = Integer.parseInt(version.text().replaceFirst("(?s)v(\\d+).*", "$1"));
            if (major < 20) {
                throw new AssertionError("Node 20 or newer is needed, this is " + version.text());
            }
        } catch (IOException e) {
            throw new AssertionError(
                    "Node is missing: the official suite and client need Node 20 or newer on PATH"
                            + " (https://nodejs.org)",
                    e);
        }
    }

    private static void npmCi() throws IOException, InterruptedException {
        ProcessBuilder npm =
                new ProcessBuilder(
                                "npm",
                                "ci",
                                "--ignore-scripts",
                                "--no-audit",
                                "--no-fund",
                                "--prefer-offline")
                        .directory(TARGET.toFile())
                        .redirectErrorStream(true);
        Process process = Program.killedLater(npm.start());
        String said = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
        if (process.waitFor() != 0) {
            throw new AssertionError(
                    "npm ci failed; the packages of "
                            + SOURCE
                            + " come from registry.npmjs.org: "
                            + said);
        }
    }

    /// Begins `node` in the directory of the packages; its standard error goes to its output.
    static Process node(Path directory, Map<String, String> environment, String... arguments)
            throws IOException {
        List<String> command = new ArrayList<>(List.of("node"));
        command.addAll(List.of(arguments));
        ProcessBuilder builder =
                new ProcessBuilder(command).directory(directory.toFile()).redirectErrorStream(true);
        builder.environment().putAll(environment);
        return Program.killedLater(builder.start());
    }
}
