using BenchmarkDotNet.Running;

namespace UpcallActors.Benchmarks;

internal static class Program
{
    // dotnet run -c Release --project tests/UpcallActors.Benchmarks -- --filter '*'
    // dotnet run -c Release --project tests/UpcallActors.Benchmarks -- scale
    private static int Main(string[] args)
    {
        if (args is ["scale"])
            return ScaleGate.Run();
        BenchmarkSwitcher.FromAssembly(typeof(Program).Assembly).Run(args);
        return 0;
    }
}
