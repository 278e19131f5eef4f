namespace UpcallActors.Daemon.Configuration.Bridges;

/// <summary>What a network device may be called (<c>dev_valid_name</c> in Linux' net/core/dev.c).</summary>
internal static class InterfaceName
{
    /// <summary><c>IFNAMSIZ</c> without the zero at the end.</summary>
    private const int MostLength = 15;

    /// <summary>Whether the kernel takes it.</summary>
    public static bool IsValid(string name) =>
        name.Length <= MostLength && name is not ("" or "." or "..") && !name.Any(
            character => character is '/' or ':' || character > '~' || char.IsWhiteSpace(character) || char.IsControl(character));

    /// <summary>What to say about one that it does not take.</summary>
    public static string Problem(string name) => $"the name {name} must have at most {MostLength} characters, without '/', ':' and spaces";

    /// <summary>Checks the name of a block, which a device gets.</summary>
    public static void Check(ConfigurationBlock block, ConfigurationBlock around)
    {
        if (!IsValid(block.Name))
            around.Report(block.Name, Problem(block.Name));
    }
}
