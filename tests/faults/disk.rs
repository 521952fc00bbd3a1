//! A disk of one's own, that can be copied as it would be found after a power cut: what nobody had flushed is not on it.
//!
//! It is a filesystem in a file, mounted by a loop device. What programs write lies in the kernel's memory until they flush it or
//! the kernel does; the file behind the device has only what was flushed. That needs root and loop devices.

use std::path::{Path, PathBuf};
use std::process::Command;

/// Room for a cluster and its log.
const SIZE: u64 = 1024 * 1024 * 1024;

/// A mounted disk.
pub struct Disk {
    image: PathBuf,
    pub mount: PathBuf,
}

impl Disk {
    /// A fresh disk; why there cannot be one, where there cannot.
    pub fn new(name: &str) -> Result<Self, String> {
        let folder = std::env::temp_dir();
        let image = folder.join(format!("vaxline-disk-{}-{name}.img", std::process::id()));
        let file = std::fs::File::create(&image).map_err(|error| error.to_string())?;
        file.set_len(SIZE).map_err(|error| error.to_string())?;
        run("mkfs.ext4", &["-q".as_ref(), "-F".as_ref(), &image])?;
        Self::mounted(image, folder.join(format!("vaxline-disk-{}-{name}", std::process::id())))
    }

    fn mounted(image: PathBuf, mount: PathBuf) -> Result<Self, String> {
        std::fs::create_dir_all(&mount).map_err(|error| error.to_string())?;
        run("mount", &["-o".as_ref(), "loop".as_ref(), &image, &mount])?;
        Ok(Self { image, mount })
    }

    /// Flushes everything.
    pub fn flush(&self) {
        run("sync", &["-f".as_ref(), &self.mount]).unwrap();
    }

    /// The disk as somebody finds it who pulled the plug just now. Whoever writes to it must have been stopped.
    pub fn as_found_after_a_power_cut(&self, name: &str) -> Self {
        let image = self.image.with_extension(format!("{name}.img"));
        run("cp", &["--sparse=always".as_ref(), &self.image, &image]).unwrap();
        Self::mounted(image, self.mount.with_extension(name)).unwrap()
    }
}

impl Drop for Disk {
    fn drop(&mut self) {
        // Whoever still has a file open keeps it; the place is free for the next one.
        let _ = run("umount", &["--lazy".as_ref(), &self.mount]);
        let _ = std::fs::remove_dir(&self.mount);
        let _ = std::fs::remove_file(&self.image);
    }
}

fn run(program: &str, arguments: &[&Path]) -> Result<(), String> {
    let output = Command::new(program).args(arguments).output().map_err(|error| format!("{program}: {error}"))?;
    if output.status.success() {
        return Ok(());
    }
    Err(format!("{program}: {}", String::from_utf8_lossy(&output.stderr).trim()))
}
