// Lets Java load libraries of compiled kernels and call them.
#include <dlfcn.h>
#include <jni.h>

extern "C" JNIEXPORT jlong JNICALL
Java_io_millrace_cuda_NativeKernels_open(JNIEnv* env, jclass, jstring path, jstring symbol) {
  const char* p = env->GetStringUTFChars(path, nullptr);
  const char* s = env->GetStringUTFChars(symbol, nullptr);
  void* library = dlopen(p, RTLD_NOW | RTLD_LOCAL);
  void* found = library ? dlsym(library, s) : nullptr;
  if (!found) {
    env->ThrowNew(env->FindClass("java/lang/UnsatisfiedLinkError"), dlerror());
  }
  env->ReleaseStringUTFChars(path, p);
  env->ReleaseStringUTFChars(symbol, s);
  return (jlong)found;
}

extern "C" JNIEXPORT jstring JNICALL Java_io_millrace_cuda_NativeKernels_call__JIIIIJ(
    JNIEnv* env, jclass, jlong kernel, jint gx, jint gy, jint threads, jint seed,
    jlong arguments) {
  typedef const char* (*Run)(unsigned, unsigned, unsigned, unsigned, void**);
  const char* trouble = ((Run)kernel)(gx, gy, threads, seed, (void**)arguments);
  return trouble ? env->NewStringUTF(trouble) : nullptr;
}
