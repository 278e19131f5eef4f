using BenchmarkDotNet.Running;

namespace UpcallActors.Benchmarks;

internal static class Program
{
    // dotnet run -c Release --project tests/UpcallActors.Benchmarks -- --filter '*'
    private static void Main(string[] args) => BenchmarkSwitcher.FromAssembly(typeof(Program).Assembly).Run(args);
}
