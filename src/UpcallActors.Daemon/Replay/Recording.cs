namespace UpcallActors.Daemon.Replay;

/// <summary>A recording of a real kernel that travels with the daemon.</summary>
/// <param name="Kernel">The kernel it was made on, such as <c>6.1</c>.</param>
/// <param name="Scenario">What was recorded, such as <c>ipv4-fragmentation</c>.</param>
/// <param name="ConfigurationFile">A whole configuration, which names the capture files and when flows were purged.</param>
internal sealed record Recording(string Kernel, string Scenario, string ConfigurationFile)
{
    private const string FolderPrefix = "linux-";

    /// <summary>Where the recordings lie: beside the executable, in build output, published output and container alike.</summary>
    public static string Folder => Path.Combine(AppContext.BaseDirectory, "recordings");

    /// <summary>
    /// The recordings in a folder, by kernel and scenario. Throws <see cref="DirectoryNotFoundException"/> when it is gone, and
    /// <see cref="FileNotFoundException"/> when there are none: nothing replayed must not pass for everything identical.
    /// </summary>
    public static IReadOnlyList<Recording> Find(string folder)
    {
        Recording[] found =
        [
            .. from kernel in Directory.GetDirectories(folder, FolderPrefix + "*")
               from file in Directory.GetFiles(kernel, "*.conf")
               let scenario = Path.GetFileNameWithoutExtension(file)
               orderby kernel, scenario
               select new Recording(Path.GetFileName(kernel)[FolderPrefix.Length..], scenario, file),
        ];
        return found.Length > 0 ? found : throw new FileNotFoundException($"there are no recordings in {folder}");
    }
}
