using System.Globalization;
using UpcallActors.Embedded;
using UpcallActors.Linux;

namespace UpcallActors.Daemon.Configuration.Bridges;

/// <summary>Reads a port that is a capture file, and the file.</summary>
internal static class CapturePortReader
{
    private const int AddressBits = 48;

    /// <summary>Reads what is particular to captures.</summary>
    public static CapturePortOptions Read(ConfigurationBlock block, out string? input)
    {
        input = block.ExistingFile("input", required: true);
        IReadOnlySet<ulong>? stations = ReadStations(block);
        CaptureContent content = ReadFile(block, input);
        var options = new CapturePortOptions
        {
            Name = block.Name,
            Frames = content.Frames,
            Stations = stations ?? new HashSet<ulong>(),
            Output = block.FilePath("output"),
            Mtu = block.Integer("mtu", EmbeddedPort.DefaultMtu, DaemonOptionsReader.LeastMtu, DaemonOptionsReader.MostMtu),
        };
        return input == null || stations == null ? options : WithSendableFrames(block, options, input, content.Warnings);
    }

    private static CaptureContent ReadFile(ConfigurationBlock block, string? file)
    {
        try
        {
            if (file != null)
                return CaptureFile.Read(RegularFile.ReadBytes(file), file);
        }
        catch (CaptureException failure)
        {
            block.Report("input", $"input: {failure.Message}");
        }
        catch (Exception failure) when (failure is IOException or UnauthorizedAccessException)
        {
            block.Report("input", $"input: {file} cannot be read: {failure.Message}");
        }

        return new CaptureContent([], []);
    }

    /// <summary>A frame of which bytes are missing cannot be sent; one that is too long is left out, with a warning.</summary>
    private static CapturePortOptions WithSendableFrames(
        ConfigurationBlock block, CapturePortOptions options, string input, IReadOnlyList<string> warnings)
    {
        var frames = new List<CapturedFrame>(options.Frames.Count);
        var problems =
            new List<ConfigurationProblem>(warnings.Select(warning => new ConfigurationProblem(input, 0, WithoutName(warning, input))));
        bool isAnyCut = false;
        foreach (CapturedFrame frame in options.Frames)
        {
            if (options.Sent(frame) && frame.Missing > 0 && !isAnyCut)
            {
                isAnyCut = true;
                block.Report("input", Record($"input: {input}: ", frame, frame.WhyIncomplete));
            }
            else if (options.Sent(frame) && frame.IsTooLong(options.Mtu))
            {
                const string Reason = "bytes, more than an upcall carries, and no TCP that a device would cut: left out";
                problems.Add(
                    new ConfigurationProblem(
                    input, 0, Record("", frame, string.Create(CultureInfo.InvariantCulture, $"{frame.Data.Length} {Reason}"))));
            }
            else
            {
                frames.Add(frame);
            }
        }

        return options with { Frames = frames, Warnings = problems };
    }

    private static string Record(string before, in CapturedFrame frame, string what) =>
        string.Create(CultureInfo.InvariantCulture, $"{before}record {frame.Record}: {what}");

    private static string WithoutName(string warning, string input) =>
        warning.StartsWith($"{input}: ", StringComparison.Ordinal) ? warning[(input.Length + 2)..] : warning;

    /// <summary>One address, a list of them, or <c>any</c>, which leaves the set empty; null when something is wrong.</summary>
    private static HashSet<ulong>? ReadStations(ConfigurationBlock block)
    {
        IReadOnlyList<string> texts = block.Texts("host-mac", required: true);
        if (texts is ["any"])
            return [];
        var stations = new HashSet<ulong>();
        bool isGood = texts.Count > 0;
        foreach (string text in texts)
        {
            if (ReadAddress(block, text) is not { } address)
                isGood = false;
            else if (!stations.Add(address))
                block.Report("host-mac", $"host-mac has {text} twice");
        }

        return isGood ? stations : null;
    }

    private static ulong? ReadAddress(ConfigurationBlock block, string text)
    {
        ulong address = 0;
        string[] parts = text.Split(':');
        bool isGood = parts.Length == AddressBits / 8;
        foreach (string part in parts)
        {
            isGood &= part.Length == 2 && byte.TryParse(part, NumberStyles.AllowHexSpecifier, CultureInfo.InvariantCulture, out byte _);
            if (isGood)
                address = (address << 8) | byte.Parse(part, NumberStyles.AllowHexSpecifier, CultureInfo.InvariantCulture);
        }

        if (!isGood)
            block.Report("host-mac", $"host-mac must be six pairs of hexadecimal digits with colons between, not \"{text}\"");
        else if ((address >> (AddressBits - 8) & 1) != 0)
            block.Report("host-mac", $"host-mac {text} is a multicast address; no host sends from one");
        else if (address == 0)
            block.Report("host-mac", "host-mac is all zeroes; no host sends from it");
        else
            return address;
        return null;
    }
}
