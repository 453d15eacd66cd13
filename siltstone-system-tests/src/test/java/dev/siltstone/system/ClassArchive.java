package dev.siltstone.system;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Stream;

/// An archive of the program's loaded classes (AppCDS): with it a process starts in two thirds of the time,
/// and these tests start a hundred. Made once per jar, by a server that is started and stopped.
final class ClassArchive {
    private ClassArchive() {}

    /// Returns the archive that belongs to a jar.
    ///
    /// @param java the command that runs a JVM, with the options that all processes have
    static synchronized Path of(Path jar, List<String> java) throws IOException {
        long version = Files.getLastModifiedTime(jar).toMillis();
        Path archive = Path.of("target", "siltstone-" + version + ".jsa").toAbsolutePath();
        if (!Files.exists(archive)) {
            make(archive, jar, java);
        }
        return archive;
    }

    private static void make(Path archive, Path jar, List<String> java) throws IOException {
        Path data = Files.createTempDirectory("siltstone-archive");
        Path unfinished = Files.createDirectories(archive.getParent()).resolve("unfinished.jsa");
        List<String> command = new ArrayList<>(java);
        command.addAll(List.of("-XX:ArchiveClassesAtExit=" + unfinished, "-jar", jar.toString()));
        command.addAll(List.of("serve", "--data", data.toString(), "--port", "0"));
        command.addAll(List.of("--journal-file", "256k"));
        try (ServerProcess server = ServerProcess.launch(command);
                HttpConnection connection = server.connect()) {
            connection.put("x", "y", "Content-Type", "text/plain");
            connection.get("x");
            server.stop();
        }
        Files.move(unfinished, archive, StandardCopyOption.ATOMIC_MOVE);
        try (Stream<Path> files = Files.walk(data)) {
            for (Path file : files.sorted((a, b) -> b.compareTo(a)).toList()) {
                Files.delete(file);
            }
        }
    }
}
