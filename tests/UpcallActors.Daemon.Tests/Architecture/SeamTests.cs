using System.Reflection;
using Mono.Cecil;
using Mono.Cecil.Cil;
using UpcallActors.Odp;

namespace UpcallActors.Daemon.Tests.Architecture;

/// <summary>
/// <see cref="IDatapath"/> is the one seam to a datapath: what lies above it never asks which kind it has, so that another kind needs no
/// change there.
/// </summary>
public sealed class SeamTests
{
    private static readonly string[] _below = ["Linux", "Packets", "Odp", "Kernel", "Embedded"];

    [Fact]
    public void Nothing_above_the_seam_asks_what_kind_of_datapath_it_has()
    {
        string[] above = [.. LayerTests.Names.Except(_below)];
        above.Length.ShouldBeGreaterThan(2);
        above.SelectMany(layer => QuestionsIn(LayerTests.Load(layer))).ShouldBeEmpty();
    }

    [Fact]
    public void Every_way_to_ask_for_the_kind_is_seen()
    {
        string[] seen = [.. QuestionsIn(typeof(SeamTests).Assembly)];
        string[] ways = [nameof(Asking.Is), nameof(Asking.As), nameof(Asking.Cast), nameof(Asking.OfType), nameof(Asking.TypeOf)];
        foreach (string way in ways)
            seen.ShouldContain(method => method.Contains($"{nameof(Asking)}::{way}(", StringComparison.Ordinal));
    }

    /// <summary>The methods of an assembly that test or cast for a type that is a datapath.</summary>
    private static IEnumerable<string> QuestionsIn(Assembly assembly)
    {
        var kinds = LayerTests.Names.Select(LayerTests.Load).Append(typeof(SeamTests).Assembly)
            .SelectMany(layer => layer.GetTypes())
            .Where(type => type.IsAssignableTo(typeof(IDatapath)) && type != typeof(IDatapath))
            .Select(type => type.FullName!.Replace('+', '/'))
            .ToHashSet();
        kinds.Count.ShouldBeGreaterThan(2);
        using var module = ModuleDefinition.ReadModule(assembly.Location);
        return [.. module.GetTypes().SelectMany(type => type.Methods).Where(method => method.HasBody && method.Body.Instructions.Any(Asks))
            .Select(method => method.FullName)];

        bool Asks(Instruction instruction) => instruction.OpCode.Code switch
        {
            Code.Isinst or Code.Castclass or Code.Unbox_Any or Code.Ldtoken =>
                instruction.Operand is TypeReference type && kinds.Contains(type.FullName),
            Code.Call or Code.Callvirt => instruction.Operand is GenericInstanceMethod { Name: "OfType" or "Cast" } called
                && called.GenericArguments.Any(type => kinds.Contains(type.FullName)),
            _ => false,
        };
    }

    /// <summary>What must not be done.</summary>
    private static class Asking
    {
        public static bool Is(IDatapath datapath) => datapath is Kernel.KernelDatapath;

        public static object? As(IDatapath datapath) => datapath as Kernel.KernelDatapath;

        public static Kernel.KernelDatapath Cast(IDatapath datapath) => (Kernel.KernelDatapath)datapath;

        public static int OfType(IEnumerable<IDatapath> datapaths) => datapaths.OfType<Embedded.EmbeddedDatapath>().Count();

        public static bool TypeOf(IDatapath datapath) => datapath.GetType() == typeof(Embedded.EmbeddedDatapath);
    }
}
