package dev.siltstone.system.sqlite;

import dev.siltstone.system.NodePackages;
import dev.siltstone.system.Program;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/// Litestream as a reader: its VFS (npm: `litestream-vfs-linux-amd64`), loaded into the `sqlite3` shell, which queries a
/// replica page by page without restoring it.
///
/// @param extension the shared library
record LitestreamVfs(Path extension) {
    /// Installs it.
    ///
    /// @return nothing on machines that npm has no build for (it has one for Linux on x86-64 with glibc)
    static Optional<LitestreamVfs> install() throws IOException, InterruptedException {
        Path extension =
                NodePackages.install()
                        .resolve("node_modules/litestream-vfs-linux-amd64/litestream-vfs.so");
        return Files.isRegularFile(extension)
                ? Optional.of(new LitestreamVfs(extension.toAbsolutePath()))
                : Optional.empty();
    }

    /// Runs statements on the newest state of a replica.
    ///
    /// @param url `file:///…`, or `s3://…` with `force-path-style=true` and credentials in `environment`
    /// @return the lines they print
    List<String> query(String url, Map<String, String> environment, String... statements)
            throws IOException, InterruptedException {
        List<String> command = new ArrayList<>(List.of("sqlite3", "-batch", "-bail"));
        command.addAll(List.of("-cmd", ".load " + extension));
        command.addAll(List.of("-cmd", ".open file:replica.db?vfs=litestream"));
        command.add(":memory:");
        command.addAll(List.of(statements));
        ProcessBuilder builder = new ProcessBuilder(command);
        builder.environment().remove("AWS_CA_BUNDLE"); // it fails on that, even without TLS
        builder.environment().putAll(environment);
        builder.environment().put("LITESTREAM_REPLICA_URL", url);
        builder.environment().put("LITESTREAM_LOG_LEVEL", "error");
        Program.Result result = Program.run(builder, new byte[0]);
        if (result.exitCode() != 0) {
            throw new AssertionError(url + " cannot be read through the VFS: " + result.err());
        }
        return result.text().lines().toList();
    }
}
